import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { commands, type ExtensionContext, version as vscodeVersion, window } from 'vscode';
import { AlertEngine } from './alerts/alertEngine.ts';
import { systemClock } from './base/clock.ts';
import type { CommandDesk } from './base/commandDesk.ts';
import type { DisposableStore } from './base/disposable.ts';
import { prefixed } from './base/log.ts';
import { derive, SignalSource } from './base/signal.ts';
import { settingsFor } from './domain/contextSettings.ts';
import { mineOf } from './domain/mine.ts';
import { FileHistory } from './history/fileHistory.ts';
import { MemoryHistory } from './history/memoryHistory.ts';
import { PastSeeding } from './history/pastSeeding.ts';
import { RecentPast } from './history/recentPast.ts';
import { UsageRecorder } from './history/usageRecorder.ts';
import { writeBudget } from './host/budgetWriter.ts';
import { credentialGate } from './host/credentialGate.ts';
import { DemoCluster, demoBudgetBytes } from './host/demoCluster.ts';
import { editorProxy } from './host/editorProxy.ts';
import { expandPath } from './host/expandPath.ts';
import { episodeStore } from './host/globalMemory.ts';
import { interactivePlugins } from './host/interactivePlugins.ts';
import { KubernetesExtensionChoice } from './host/kubernetesExtensionChoice.ts';
import { ManifestNamespaces } from './host/manifestNamespaces.ts';
import { outputLog } from './host/outputLog.ts';
import { PinnedContext } from './host/pinnedContext.ts';
import { PrometheusSecrets } from './host/prometheusSecrets.ts';
import { remotePlace } from './host/remotePlace.ts';
import { settingsSource } from './host/settingsSource.ts';
import { SharedAlertsFile } from './host/sharedAlerts.ts';
import { SharedUsageFiles } from './host/sharedUsage.ts';
import { signInTask } from './host/signInTask.ts';
import { actionRunner } from './host/taskRunner.ts';
import { RememberedConsent } from './host/usageConsent.ts';
import { windowLeases } from './host/windowLease.ts';
import { extensionHost, windowState } from './host/windowState.ts';
import type { Summarized } from './presentation/summary.ts';
import { messageText, shortContextName } from './presentation/text.ts';
import { CurrentStorage } from './session/current.ts';
import { CurrentUsage } from './session/currentUsage.ts';
import { demandWhile } from './session/demandWhile.ts';
import { followTargetLater, openSessionLater } from './session/onDemand.ts';
import { filesOf, planOf, usagePlanOf } from './session/plan.ts';
import { alertsView } from './views/alertsView.ts';
import { claimDecorations } from './views/claimDecorations.ts';
import { ClaimPanels } from './views/claimPanels.ts';
import { claimsView } from './views/claimsView.ts';
import { alertCommands } from './views/commands/alertCommands.ts';
import { claimCommands } from './views/commands/claimCommands.ts';
import { contextCommands } from './views/commands/contextCommands.ts';
import { demoCommands } from './views/commands/demoCommands.ts';
import { supportCommands } from './views/commands/supportCommands.ts';
import { usageCommands } from './views/commands/usageCommands.ts';
import { currentView, drawn, measuredStorage } from './views/currentView.ts';
import { gaugeItem } from './views/gaugeItem.ts';
import { ManifestDocuments } from './views/manifestDocuments.ts';
import { notifier } from './views/notifications.ts';
import { selectorReports } from './views/selectorReports.ts';

/** What the product is put into. */
export interface ProductPlace {
  readonly context: ExtensionContext;
  /** Is given what there is to be seen. */
  readonly shown: SignalSource<Summarized>;
  readonly desk: CommandDesk;
  /** Ends all of it, also when only half of it could be built. */
  readonly own: DisposableStore;
}

/**
 * Builds the product and connects its parts. Nothing is read and no client is loaded on this turn. The entry of a bundle loaded
 * after activation.
 */
export function startProduct({ context, shown, desk, own }: ProductPlace): void {
  const clock = systemClock;
  const channel = own.add(window.createOutputChannel('PVC Watch', { log: true }));
  const log = outputLog(channel);
  const folder = context.globalStorageUri.fsPath;

  const { focused, trusted } = own.add(windowState());
  const { settings, report } = own.add(settingsSource());
  const pinned = new PinnedContext(context.workspaceState);
  const kubernetesExtension = own.add(new KubernetesExtensionChoice(clock, log));
  const demoBudget = own.add(derive([settings], () => demoBudgetBytes(settings.value)));
  const demo = own.add(new DemoCluster(demoBudget, clock, prefixed(log, 'demo')));

  const { proxy } = own.add(editorProxy());
  const inputs = own.add(
    derive([settings, pinned.signal, kubernetesExtension.file, demo.kubeconfig, proxy], () => ({
      kubeconfig: settings.value.kubeconfig,
      context: settings.value.context,
      pinned: pinned.signal.value,
      kubernetesExtension: kubernetesExtension.file.value,
      demo: demo.kubeconfig.value,
      editorProxy: proxy.value,
    })),
  );
  const wanted = own.add(derive([settings], () => JSON.stringify([settings.value.kubeconfig, settings.value.context])));
  const follower = own.add(
    followTargetLater({ inputs, env: process.env, home: homedir(), clock, log }, (error) => log.error(String(error))),
  );
  const gate = credentialGate({
    folder,
    trusted,
    focused,
    interactive: interactivePlugins(folder),
    clock,
  });
  const viewSeen = new SignalSource(false);
  const storage = own.add(
    new CurrentStorage({
      choice: follower.choice,
      planFor: (target) => planOf(settingsFor(settings.value, target.contextName), target),
      plansChanged: settings,
      viewSeen,
      open: (target, scope, sequence, foreign) =>
        openSessionLater({ target, scope, sequence, foreign, gate, env: process.env, clock, random: Math.random, log }),
      clock,
      log,
    }),
  );
  own.add(focused.subscribe((front) => front && storage.wake()));
  own.add(trusted.subscribe(() => storage.wake()));
  own.add(follower.choice.subscribe(() => kubernetesExtension.start()));
  own.add(selectorReports(storage.snapshot, report));

  const leases = windowLeases(folder, focused, clock);
  const contextLabel = (name: string) => shortContextName(name, settingsFor(settings.value, name).label);
  const secrets = own.add(new PrometheusSecrets(context.secrets));
  const usage = own.add(
    new CurrentUsage({
      session: storage.session,
      snapshot: storage.snapshot,
      planFor: (target) =>
        usagePlanOf(settingsFor(settings.value, target.contextName), target, {
          editorProxy: proxy.value,
          expand: (path) => expandPath(path, { home: homedir(), workspaceFolder: undefined, trusted: trusted.value }),
        }),
      plansChanged: own.add(derive([settings, proxy], () => ({}))),
      access: secrets,
      env: process.env,
      leases,
      shared: new SharedUsageFiles(folder, clock, log),
      consent: new RememberedConsent(
        context.globalState,
        focused,
        contextLabel,
        (question) => window.showInformationMessage(messageText(question), 'Yes', 'No'),
        () => clock.now(),
      ),
      clock,
    }),
  );

  const { readings } = usage;
  const recorder = own.add(
    new UsageRecorder({
      readings,
      snapshot: storage.snapshot,
      measures: () => usage.measures,
      openFile: () => new FileHistory({ file: join(folder, 'history.sqlite'), clock, log: prefixed(log, 'history') }),
      demo: new MemoryHistory(clock),
      now: () => clock.now(),
    }),
  );

  own.add(
    new PastSeeding({
      readings,
      snapshot: storage.snapshot,
      measures: () => usage.measures,
      past: (nowMs) => usage.past(nowMs),
      read: (uid, fromMs, toMs) => recorder.read(uid, fromMs, toMs),
      keep: (identity, samples) => recorder.keep(identity, samples),
      clock,
      log: prefixed(log, 'history'),
    }),
  );

  const measured = own.add(measuredStorage(storage.snapshot, settings));
  const recent = own.add(
    new RecentPast({ read: (uid, fromMs) => recorder.read(uid, fromMs), snapshot: storage.snapshot, clock }),
  );
  const manifestNamespaces = own.add(new ManifestNamespaces(clock));
  own.add(storage.session.subscribe((session) => session && manifestNamespaces.start()));
  const { namespaces } = manifestNamespaces;
  own.add(demandWhile(storage.session, 'volumes', () => true));
  const alerts = own.add(
    new AlertEngine({
      input: own.add(
        derive([measured, readings, recent.past, namespaces], () => ({
          ...measured.value,
          readings: readings.value,
          past: recent.past.value,
          mine: mineOf(measured.value.settings, measured.value.snapshot.target, namespaces.value),
          named: namespaces.value,
        })),
      ),
      choices: [wanted, pinned.signal, kubernetesExtension.changes, demo.kubeconfig],
      focused,
      leases,
      shared: own.add(new SharedAlertsFile(folder, clock, log)),
      store: episodeStore(context.globalState, clock),
      notifier: notifier(),
      actions: actionRunner(log),
      clock,
    }),
  );
  const remote = remotePlace(extensionHost(context.extension));
  const view = own.add(currentView({ measured, alerts: alerts.state, readings, pinned: pinned.signal, remote }));

  own.add(gaugeItem(view, clock));
  own.add(claimDecorations());
  const claims = own.add(claimsView({ view, session: storage.session, clock, seen: viewSeen }));
  own.add(alertsView(alerts.state, clock));
  const manifests = own.add(new ManifestDocuments(storage.snapshot, storage.session));
  const panels = own.add(
    new ClaimPanels({
      snapshot: storage.snapshot,
      session: storage.session,
      readings,
      samples: (uid) => recorder.samples(uid),
      thresholds: () => view.value.thresholds,
      extensionUri: context.extensionUri,
      nonce: randomUUID,
      clock,
    }),
  );
  const kubeconfigFiles = () => filesOf(follower.choice.value);
  own.add(claimCommands({ desk, view, claims, manifests, panels, kubeconfigFiles }));
  own.add(
    contextCommands({
      desk,
      view,
      settings,
      storage,
      pinned,
      trusted,
      rereadKubeconfig: () => follower.refresh(),
      closeDemo: () => demo.close(),
      kubeconfigFiles,
      signIn: signInTask,
    }),
  );
  own.add(demoCommands(demo, desk));
  own.add(alertCommands({ desk, view, alerts, writeBudget, now: () => clock.now() }));
  own.add(
    usageCommands({
      desk,
      access: secrets,
      prometheusUrl: () => {
        const { place } =
          settingsFor(settings.value, storage.snapshot.value.target?.contextName ?? '').usagePrometheus ?? {};
        return place?.kind === 'url' ? place.url : undefined;
      },
    }),
  );
  own.add(
    supportCommands({
      desk,
      view,
      channel,
      clearHistory: () => recorder.clear(),
      facts: () => ({
        extensionVersion: String(context.extension.packageJSON.version),
        vscodeVersion,
        nodeVersion: process.versions.node,
        platform: `${process.platform} ${process.arch}`,
        nowMs: clock.now(),
        session: storage.session.value?.diagnostics(),
        settings: settings.value,
      }),
    }),
  );
  if (process.env.PVCWATCH_DEMO === '1') setImmediate(() => void commands.executeCommand('pvcwatch.openDemoCluster'));
  own.add(drawn(view, (next) => shown.set(next)));
}
