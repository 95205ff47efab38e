import { workspace } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { type Signal, SignalSource } from '../base/signal.ts';
import type { EditorProxy } from '../cluster/proxy.ts';

/**
 * The proxy that VS Code itself goes through, and its changes. None where `http.proxySupport` is off, which is how somebody
 * keeps extensions from it.
 */
export function editorProxy(): { readonly proxy: Signal<EditorProxy> } & Disposable {
  const lifetime = new DisposableStore();
  const proxy = new SignalSource(read(), { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  lifetime.add(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('http')) proxy.set(read());
    }),
  );
  return { proxy, dispose: () => lifetime.dispose() };
}

function read(): EditorProxy {
  const http = workspace.getConfiguration('http');
  const [url, noProxy] = [http.get<unknown>('proxy'), http.get<unknown>('noProxy')];
  if (http.get('proxySupport') === 'off' || typeof url !== 'string') return { url: '', noProxy: [] };
  return { url, noProxy: Array.isArray(noProxy) ? noProxy.map(String) : [] };
}
