import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type ApiError, fail, type Result, succeed } from '../domain/apiError.ts';
import type { Credential, CredentialNeed, CredentialSource } from './credential.ts';
import type { CredentialGate, GateAnswer } from './credentialGate.ts';
import { findPlugin } from './execCommand.ts';
import { type PluginCredential, runExecPlugin } from './execPlugin.ts';
import { ExecRun } from './execRun.ts';
import type { Interaction } from './interaction.ts';
import type { ExecConfig, ResolvedCluster } from './resolvedTarget.ts';
import { shownServer } from './shownServer.ts';

const backgroundLimitMs = 30_000;
const clickLimitMs = 180_000;
/** A plugin that takes longer has most likely asked somebody something. */
const slowMs = 10_000;
/** A credential is renewed this long before it expires. */
const marginMs = 60_000;
/** One that is new is used this long whatever it says about its end: a wrong clock must not mean a run per request. */
const newMs = 30_000;
/** So many renewals in a row that are refused while they are new: what the plugin gives is of no use, so it needs the user. */
const uselessAfter = 2;
/** A credential that a 401 or a click has brought and that is refused as well: no other run for so long. */
const refusedAgainMs = { background: 300_000, click: 10_000 };

export interface ExecOptions {
  readonly exec: ExecConfig;
  readonly cluster: ResolvedCluster;
  readonly userName: string;
  readonly gate: CredentialGate;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Kept extends PluginCredential {
  readonly gotMs: number;
  /** It came because of a 401 or a click: running the plugin again would most likely bring the same. */
  readonly renewed: boolean;
}

/**
 * Credentials of an exec plugin: kept until shortly before they expire, renewed once per 401, by one run at a time.
 *
 * A plugin may open a browser each time, so a credential that is refused again does not make it run in a loop.
 */
export class ExecCredentials implements CredentialSource {
  readonly canRefresh = true;
  readonly #options: ExecOptions;
  readonly #key: string;
  #kept: Kept | undefined;
  /** Of the last run, to be told instead of a mere "sign in". */
  #failure: ApiError | undefined;
  /** The last renewal that was refused while it was new, and how many there have been in a row. */
  #refusedRenewal: Kept | undefined;
  #refusedRenewals = 0;
  #running: ExecRun | undefined;
  #disposed = false;

  constructor(options: ExecOptions) {
    this.#options = options;
    this.#key = pluginKey(options.exec, options.cluster);
  }

  async get(
    need: CredentialNeed,
    interaction: Interaction,
    signal: AbortSignal,
    refused?: Credential,
  ): Promise<Result<Credential>> {
    while (!signal.aborted && !this.#disposed) {
      if (this.#kept && refused === this.#kept.credential) await this.#noteRefusal(this.#kept);
      const kept = this.#kept;
      if (kept && this.#serves(kept, need, interaction, refused)) return succeed(kept.credential);
      const running = this.#running ?? this.#start(need, interaction);
      const result = await running.wait(signal);
      // Whatever keeps a new one away, the old one is good until it expires.
      if (!result.ok && kept && need === 'connect' && !signal.aborted && this.#valid(kept))
        return succeed(kept.credential);
      // A click shares a click's run. After a background run, which may not ask, it looks again.
      const shared = interaction === 'background' || running.interaction === 'click';
      if (shared && (result.ok || result.error.reason !== 'aborted')) return result;
    }
    return fail('aborted', 'Stopped.');
  }

  /** Stops a run that is under way. */
  dispose(): void {
    this.#disposed = true;
    this.#running?.dispose();
  }

  #serves(kept: Kept, need: CredentialNeed, interaction: Interaction, refused: Credential | undefined): boolean {
    const { clock } = this.#options;
    const ageMs = clock.monotonicMs() - kept.gotMs;
    if (need === 'refresh401' && kept.credential === refused)
      return kept.renewed && ageMs < refusedAgainMs[interaction];
    if (need === 'refresh401' && refused === undefined) return false;
    return ageMs < newMs || kept.expiresMs === undefined || kept.expiresMs - marginMs > clock.now();
  }

  async #noteRefusal(kept: Kept): Promise<void> {
    if (kept === this.#refusedRenewal) return;
    const { clock, gate, exec, cluster } = this.#options;
    // One that had worked for a while has merely been revoked; whoever was refused comes back within five minutes.
    const useless = kept.renewed && clock.monotonicMs() - kept.gotMs < refusedAgainMs.background;
    this.#refusedRenewals = useless ? this.#refusedRenewals + 1 : 0;
    this.#refusedRenewal = kept;
    if (this.#refusedRenewals < uselessAfter) return;
    this.#refusedRenewals = 0;
    this.#failure = {
      reason: 'signIn',
      message: `${shownServer(cluster.server)} does not accept what the credential plugin ${basename(exec.command)} gives. Sign in again.`,
    };
    await gate.remember(this.#key, 'interactive');
  }

  #valid({ expiresMs }: Kept): boolean {
    return expiresMs === undefined || expiresMs > this.#options.clock.now();
  }

  #start(need: CredentialNeed, interaction: Interaction): ExecRun {
    const running = new ExecRun(interaction, this.#options.clock, async (signal) => {
      const result = await this.#run(need, interaction, signal);
      this.#running = undefined;
      return result;
    });
    this.#running = running;
    return running;
  }

  async #run(need: CredentialNeed, interaction: Interaction, signal: AbortSignal): Promise<Result<Credential>> {
    const { gate, clock, exec, cluster, env } = this.#options;
    const answer = await this.#ask(interaction);
    if (answer !== 'yes') return this.#refusal(answer);
    // Not being installed says nothing about whether it needs the user, so the gate is not told.
    const file = await findPlugin(exec, env);
    if (!file.ok) return file;
    const lock = await gate.lock(this.#key, signal).catch(() => 'broken' as const);
    if (!lock) return fail('aborted', 'Stopped.');
    if (lock === 'broken')
      return fail('config', "The credential plugin cannot run: the extension's storage folder cannot be written.");
    try {
      // Focus may have gone, or another window may have failed, while this one waited for its turn.
      const again = await this.#ask(interaction);
      if (again !== 'yes') return this.#refusal(again);
      const startedMs = clock.monotonicMs();
      const limitMs = interaction === 'click' ? clickLimitMs : backgroundLimitMs;
      const run = await runExecPlugin(file.value, exec, cluster, { limitMs, clock, signal, env });
      if (signal.aborted) return fail('aborted', 'Stopped.');
      const quiet = run.ok && clock.monotonicMs() - startedMs <= slowMs;
      await gate.remember(this.#key, quiet ? 'quiet' : 'interactive');
      this.#failure = run.ok ? undefined : run.error;
      if (!run.ok) return run;
      const renewed = need === 'refresh401' || interaction === 'click';
      this.#kept = { ...run.value, gotMs: clock.monotonicMs(), renewed };
      return succeed(run.value.credential);
    } finally {
      lock.dispose();
    }
  }

  async #ask(interaction: Interaction): Promise<GateAnswer> {
    const { gate, exec } = this.#options;
    const answer = await gate.ask(this.#key, interaction);
    return exec.alwaysInteractive && interaction === 'background' && answer !== 'untrusted' ? 'interactive' : answer;
  }

  #refusal(answer: Exclude<GateAnswer, 'yes'>): Result<Credential> {
    const { userName } = this.#options;
    if (answer === 'untrusted')
      return fail(
        'untrusted',
        `User ${userName} needs a credential plugin, which does not run in an untrusted workspace.`,
      );
    if (answer === 'interactive' && this.#failure) return { ok: false, error: this.#failure };
    if (answer === 'unfocused')
      return fail('unfocused', `The credential of user ${userName} renews when this window is in front.`);
    return fail('signIn', `User ${userName} needs a credential plugin, which needs you to sign in.`);
  }
}

/** Of all that a plugin is told; which way the cluster is reached from here it is not. */
function pluginKey(exec: ExecConfig, { proxy: _, ...cluster }: ResolvedCluster): string {
  return createHash('sha256')
    .update(JSON.stringify([exec, cluster]))
    .digest('hex');
}
