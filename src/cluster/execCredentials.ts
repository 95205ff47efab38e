import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { fail, type Result, succeed } from '../domain/apiError.ts';
import type { Credential, CredentialNeed, CredentialSource } from './credential.ts';
import type { CredentialGate, GateAnswer } from './credentialGate.ts';
import { type PluginCredential, runExecPlugin } from './execPlugin.ts';
import type { Interaction } from './interaction.ts';
import type { ExecConfig, ResolvedCluster } from './resolvedTarget.ts';

const backgroundLimitMs = 30_000;
const clickLimitMs = 180_000;
/** A plugin that takes longer has most likely asked somebody something. */
const slowMs = 10_000;
/** A credential is renewed this long before it expires. */
const marginMs = 60_000;

export interface ExecOptions {
  readonly exec: ExecConfig;
  readonly cluster: ResolvedCluster;
  readonly userName: string;
  readonly gate: CredentialGate;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Credentials of an exec plugin: kept until shortly before they expire, renewed once per 401, by one run at a time. */
export class ExecCredentials implements CredentialSource {
  readonly canRefresh = true;
  readonly #options: ExecOptions;
  readonly #key: string;
  #kept: PluginCredential | undefined;
  #running: { readonly interaction: Interaction; readonly result: Promise<Result<Credential>> } | undefined;

  constructor(options: ExecOptions) {
    this.#options = options;
    this.#key = pluginKey(options.exec, options.cluster);
  }

  async get(need: CredentialNeed, interaction: Interaction, signal: AbortSignal): Promise<Result<Credential>> {
    if (need === 'connect' && this.#kept && this.#fresh(this.#kept)) return succeed(this.#kept.credential);
    const running = this.#running;
    // A click does not wait behind a background run that may not ask; it is the same plugin, though, so it shares a click's.
    if (running && (interaction === 'background' || running.interaction === 'click')) return await running.result;
    if (running) await running.result;
    const result = this.#run(interaction, signal).finally(() => {
      this.#running = undefined;
    });
    this.#running = { interaction, result };
    return await result;
  }

  #fresh({ expiresMs }: PluginCredential): boolean {
    return expiresMs === undefined || expiresMs - marginMs > this.#options.clock.now();
  }

  async #run(interaction: Interaction, signal: AbortSignal): Promise<Result<Credential>> {
    const { gate, clock, exec, cluster, env } = this.#options;
    const answer = gate.ask(this.#key, interaction);
    if (answer !== 'yes') return this.#refusal(answer);
    const lock = await gate.lock(this.#key, signal);
    if (!lock) return fail('aborted', 'Stopped.');
    try {
      // Focus may have gone, or another window may have failed, while this one waited for its turn.
      const again = gate.ask(this.#key, interaction);
      if (again !== 'yes') return this.#refusal(again);
      const startedMs = clock.monotonicMs();
      const limitMs = interaction === 'click' ? clickLimitMs : backgroundLimitMs;
      const run = await runExecPlugin(exec, cluster, { limitMs, clock, signal, env });
      if (signal.aborted) return fail('aborted', 'Stopped.');
      const quiet = run.ok && clock.monotonicMs() - startedMs <= slowMs;
      gate.remember(this.#key, quiet ? 'quiet' : 'interactive');
      if (!run.ok) return run;
      this.#kept = run.value;
      return succeed(run.value.credential);
    } finally {
      lock.dispose();
    }
  }

  #refusal(answer: Exclude<GateAnswer, 'yes'>): Result<Credential> {
    const { userName } = this.#options;
    if (answer === 'untrusted')
      return fail(
        'untrusted',
        `User ${userName} needs a credential plugin, which does not run in an untrusted workspace.`,
      );
    const why = answer === 'unfocused' ? 'which runs only while the window is in front' : 'which needs you to sign in';
    return fail('signIn', `User ${userName} needs a credential plugin, ${why}.`);
  }
}

function pluginKey(exec: ExecConfig, cluster: ResolvedCluster): string {
  return createHash('sha256')
    .update(JSON.stringify([exec.command, exec.args, exec.env, cluster.server, cluster.ca]))
    .digest('hex');
}
