import { commands, type TreeView, window } from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableSlot, DisposableStore, toDisposable } from '../base/disposable.ts';
import type { Signal, SignalSource } from '../base/signal.ts';
import type { StorageView } from '../presentation/storageView.ts';
import { viewBadge, viewDescription, viewIsBusy, viewMessage, welcomeReason } from '../presentation/welcome.ts';
import { demandWhile } from '../session/demandWhile.ts';
import type { Session } from '../session/session.ts';
import { ClaimsTree } from './claimsTree.ts';
import { drawn } from './currentView.ts';
import type { TreeNode } from './treeNode.ts';

const viewId = 'pvcwatch.claims';
/** While contact is lost the message, or the welcome in its place, says so after a while, and since when. */
const messageMs = 15_000;

export interface ClaimsView extends Disposable {
  readonly tree: ClaimsTree;
  readonly treeView: TreeView<TreeNode>;
}

export interface ClaimsViewParts {
  readonly view: Signal<StorageView>;
  readonly session: Signal<Session | undefined>;
  readonly clock: Clock;
  /** Set to true once the view has been seen in this window. */
  readonly seen: SignalSource<boolean>;
}

/** The view "Claims": its tree, title, badge, message and welcome contents. */
export function claimsView({ view, session, clock, seen }: ClaimsViewParts): ClaimsView {
  const lifetime = new DisposableStore();
  const tree = lifetime.add(new ClaimsTree(view, session, clock));
  const treeView = lifetime.add(window.createTreeView(viewId, { treeDataProvider: tree, showCollapseAll: true }));
  const timer = lifetime.add(new DisposableSlot<Disposable>());
  const progress = lifetime.add(new DisposableSlot<Disposable>());
  let welcome: string | undefined = '';
  let badge: string | undefined;
  const draw = (value: StorageView) => {
    const reason = welcomeReason(value, clock.now());
    if (reason !== welcome) {
      welcome = reason;
      void commands.executeCommand('setContext', 'pvcwatch.welcome', reason ?? '');
    }
    const description = viewDescription(value);
    if (treeView.description !== description) treeView.description = description;
    const shown = viewBadge(value);
    if (JSON.stringify(shown) !== badge) {
      badge = JSON.stringify(shown);
      treeView.badge = shown;
    }
    const message = viewMessage(value, clock.now()) ?? '';
    if (treeView.message !== message) treeView.message = message;
    const { state } = value.snapshot.connection;
    const waiting = viewIsBusy(value);
    if (waiting !== (progress.current !== undefined)) progress.set(waiting ? showProgress() : undefined);
    const ages = state === 'stale' || (state !== 'live' && value.snapshot.claimCount > 0);
    timer.set(ages ? clock.after(messageMs, () => draw(view.value)) : undefined);
  };
  lifetime.add(drawn(view, draw));
  // Storage classes tell a claim that waits for its pod from one that is stuck: followed while somebody looks.
  const classes = lifetime.add(demandWhile(session, 'storageClasses', () => treeView.visible));
  lifetime.add(treeView.onDidChangeVisibility(() => classes.update()));
  const look = () => {
    if (treeView.visible) seen.set(true);
  };
  lifetime.add(treeView.onDidChangeVisibility(look));
  look();
  return { tree, treeView, dispose: () => lifetime.dispose() };
}

function showProgress(): Disposable {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  void window.withProgress({ location: { viewId } }, () => ended);
  return toDisposable(() => end());
}
