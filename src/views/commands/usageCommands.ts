import { window } from 'vscode';
import type { CommandDesk } from '../../base/commandDesk.ts';
import type { Disposable } from '../../base/disposable.ts';
import { isReadable, readHeader, tokenProblem } from '../../domain/accessForms.ts';
import type { PrometheusAccess } from '../../domain/prometheusPlace.ts';
import type { Pick } from '../../presentation/picks.ts';
import { messageText, withoutIcons } from '../../presentation/text.ts';
import { choose } from './quickPick.ts';

export interface UsageCommandParts {
  readonly desk: CommandDesk;
  /** The URL of the Prometheus of the context that is followed; undefined where none is configured. */
  readonly prometheusUrl: () => string | undefined;
  readonly access: {
    of(url: string): Promise<PrometheusAccess>;
    /** Rejects when VS Code refuses. */
    keep(url: string, access: PrometheusAccess): Promise<void>;
  };
}

type Choice = 'token' | 'header' | 'remove';

/** Credentials of a Prometheus with a URL: a bearer token, headers. What is kept is never shown again. */
export function usageCommands({ desk, prometheusUrl, access }: UsageCommandParts): Disposable {
  return desk.registerCommand('pvcwatch.setPrometheusCredentials', async () => {
    const url = prometheusUrl();
    if (url === undefined) {
      const message =
        'pvcwatch.usage.prometheus names no URL for this context, and only a URL can be given credentials.';
      void window.showInformationMessage(messageText(message));
      return;
    }
    const kept = await access.of(url);
    const { origin } = new URL(url);
    const chosen = await choose(choicesOf(kept), {
      title: `Credentials of ${withoutIcons(origin)}`,
      placeHolder: 'What?',
    });
    if (!chosen) return;
    const next = chosen.value === 'remove' ? {} : await asked(chosen.value, kept, origin);
    if (!next || (chosen.value !== 'remove' && !(await mayBeSent(url)))) return;
    try {
      await access.keep(url, next);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(messageText(`The credentials could not be kept: ${reason}`));
    }
  });
}

function choicesOf({ token, headers }: PrometheusAccess): readonly Pick<Choice>[] {
  const names = Object.keys(headers ?? {}).map(withoutIcons);
  const choices: Pick<Choice>[] = [
    {
      label: 'Bearer token…',
      description: token === undefined ? '' : 'in place of the one that is kept',
      value: 'token',
    },
    { label: 'Header…', description: names.length === 0 ? '' : `besides ${names.join(', ')}`, value: 'header' },
  ];
  if (token !== undefined || headers) choices.push({ label: 'Remove all', value: 'remove' });
  return choices;
}

async function asked(
  what: 'token' | 'header',
  kept: PrometheusAccess,
  origin: string,
): Promise<PrometheusAccess | undefined> {
  const problemOf = what === 'token' ? tokenProblem : (text: string) => readHeader(text).problem;
  const text = await window.showInputBox({
    title: `Credentials of ${withoutIcons(origin)}`,
    prompt:
      what === 'token' ? 'The token, kept in the secret storage of VS Code' : 'Name: value, kept in the secret storage',
    password: true,
    ignoreFocusOut: true,
    validateInput: (input) => problemOf(input),
  });
  if (text === undefined) return undefined;
  if (what === 'token') return { ...kept, token: text.trim() };
  const header = readHeader(text);
  return header.problem === undefined
    ? { ...kept, headers: { ...kept.headers, [header.name]: header.value } }
    : undefined;
}

async function mayBeSent(url: string): Promise<boolean> {
  if (!isReadable(url)) return true;
  const message = `${new URL(url).origin} has no TLS: whoever is on the way can read what is sent there.`;
  return (await window.showWarningMessage(messageText(message), { modal: true }, 'Keep Them')) === 'Keep Them';
}
