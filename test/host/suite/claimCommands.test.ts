import assert from 'node:assert/strict';
import { commands, env, type TextDocument, window } from 'vscode';
import { parse } from 'yaml';
import { until } from '../../support/until.ts';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { limitMs, live, summaryWhen } from '../support/product.ts';
import { acceptingFirst } from '../support/quickInput.ts';
import { set } from '../support/settings.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

interface Claim {
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

describe('claim commands', () => {
  let cluster: SimulatedCluster;
  let other: SimulatedCluster;

  before(async () => {
    [cluster, other] = [await SimulatedCluster.start(), await SimulatedCluster.start()];
    for (const each of [cluster, other]) await each.createNamespace('shelf');
    await other.create('shelf', 'album', '77Gi');
  });
  beforeEach(async () => {
    await cluster.create('shelf', 'album', '10Gi');
    await set('namespaces', ['shelf']);
    writeKubeconfig(cluster.kubeconfig(['shop eu', 'shop-us']));
    await summaryWhen('the claim is there', ({ claimedBytes }) => claimedBytes === 10 * 2 ** 30);
  });
  afterEach(async () => {
    await cluster.delete('shelf', 'album');
    await cleanWindow();
  });
  after(async () => {
    await cluster.stop();
    await other.stop();
  });

  it('Copy Name copies the name', async () => {
    await env.clipboard.writeText('something else');
    await acceptingFirst('pvcwatch.copyName');
    assert.equal(await env.clipboard.readText(), 'album');
  });

  it('Copy kubectl Command copies a command for a shell', async () => {
    await acceptingFirst('pvcwatch.copyKubectlCommand');
    assert.equal(await env.clipboard.readText(), "kubectl --context 'shop eu' -n shelf get pvc album");
  });

  it('Show Manifest opens the claim as YAML without managedFields', async () => {
    const document = await manifest();
    assert.equal(document.uri.scheme, 'pvcwatch-manifest');
    assert.equal(document.languageId, 'yaml');
    assert.match(document.uri.path, /album\.yaml$/);
    const claim = parse(document.getText()) as Claim;
    assert.equal(claim.kind, 'PersistentVolumeClaim');
    assert.equal(claim.metadata.name, 'album');
    assert.equal(claim.spec.resources.requests.storage, '10Gi');
    assert.ok(!('managedFields' in claim.metadata));
    assert.match(document.getText(), /^apiVersion: v1\nkind: PersistentVolumeClaim\n/);
  });

  it('Show Manifest opens a document that cannot be edited', async () => {
    const document = await manifest();
    const before = document.getText();
    await commands.executeCommand('type', { text: 'not by hand' });
    assert.equal(document.getText(), before);
  });

  it('Show Manifest follows the claim', async () => {
    const document = await manifest();
    await until('it is bound', limitMs, async () => (await cluster.phase('shelf', 'album')) === 'Bound');
    await cluster.resize('shelf', 'album', '15Gi');
    await text(document, 'the manifest shows the new size', (yaml) => yaml.includes('storage: 15Gi'));
    await cluster.delete('shelf', 'album');
    await text(document, 'it says that the claim is gone', (yaml) => /^# .*does not exist any more/.test(yaml));
    assert.match(document.getText(), /storage: 15Gi/);
  });

  it('Show Manifest keeps its text, with a note, when another cluster is followed under any name', async () => {
    const document = await manifest();
    writeKubeconfig(other.kubeconfig(['blog']));
    await live('blog');
    await text(document, 'it says that it is left behind', (yaml) => /^# .*not followed any more/.test(yaml));
    assert.match(document.getText(), /storage: 10Gi/);
    writeKubeconfig(other.kubeconfig(['shop eu']));
    await live('shop eu');
    await summaryWhen('the other claim is there', ({ claimedBytes }) => claimedBytes === 77 * 2 ** 30);
    assert.ok(!document.getText().includes('77Gi'), 'nothing of another cluster under this one');
    writeKubeconfig(cluster.kubeconfig(['shop eu']));
    await text(document, 'it follows again', (yaml) => yaml.startsWith('apiVersion:'));
  });

  async function manifest(): Promise<TextDocument> {
    await acceptingFirst('pvcwatch.showManifest');
    const document = window.activeTextEditor?.document;
    assert.ok(document, 'a document is open');
    return document;
  }

  async function text(document: TextDocument, what: string, fits: (yaml: string) => boolean): Promise<void> {
    await until(what, limitMs, () => fits(document.getText())).catch((error: unknown) => {
      throw new Error(`${String(error)} It says:\n${document.getText()}`);
    });
  }
});
