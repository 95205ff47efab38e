import { MarkdownString } from 'vscode';

const ownCommands = ['showClaims', 'setBudget', 'switchContext', 'refresh', 'openDemoCluster', 'showLog', 'signIn'].map(
  (name) => `pvcwatch.${name}`,
);

/** Markdown whose links may run our own commands and nothing else. Cluster text in it has been escaped by `presentation`. */
export function trustedMarkdown(text: string): MarkdownString {
  const markdown = new MarkdownString(text, false);
  markdown.isTrusted = { enabledCommands: ownCommands };
  markdown.supportHtml = false;
  return markdown;
}
