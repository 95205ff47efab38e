import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commands, window } from 'vscode';
import { cleanWindow } from '../support/cleanWindow.ts';
import { writeKubeconfig } from '../support/kubeconfigFile.ts';
import { live, summaryWhen } from '../support/product.ts';
import { SimulatedCluster } from '../support/simulatedCluster.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const answers: [what: string, answer: Answer][] = [
  ['HTML', (_, response) => response.setHeader('content-type', 'text/html').end('<html>Please log in</html>')],
  ['an empty body', (_, response) => response.end()],
  ['JSON that is no list', (_, response) => response.setHeader('content-type', 'application/json').end('[1, null]')],
  ['404', (_, response) => response.writeHead(404).end('404 page not found')],
  ['500', (_, response) => response.writeHead(500).end('{}')],
  ['nothing and hangs up', (request) => request.socket.destroy()],
];

describe('a server that is none', () => {
  let server: Server | undefined;

  afterEach(async () => {
    await cleanWindow();
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  for (const [what, answer] of answers) {
    it(`answers ${what}: the context fails, and another one can be followed`, async () => {
      server = await listening(answer);
      writeKubeconfig(config(server));
      const summary = await failing();
      assert.deepEqual(summary.namespaces, []);
      await nextIsFollowed();
    });
  }

  it('answers with a redirect: nothing follows it, least of all the token', async () => {
    const seen: IncomingMessage[] = [];
    const elsewhere = await listening((request, response) => {
      seen.push(request);
      response.end('{}');
    });
    try {
      const location = `http://127.0.0.1:${portOf(elsewhere)}/`;
      server = await listening((_, response) => response.writeHead(302, { location }).end());
      writeKubeconfig(config(server));
      await failing();
      assert.equal(seen.length, 0);
    } finally {
      elsewhere.close();
    }
  });

  it('is not there: diagnostics says so, without the token', async () => {
    const gone = await listening(() => {});
    const content = config(gone);
    await new Promise((resolve) => gone.close(resolve));
    writeKubeconfig(content);
    await failing();
    await commands.executeCommand('pvcwatch.diagnostics');
    const report = window.activeTextEditor?.document.getText() ?? '';
    assert.match(report, /State: \*\*failing\*\* — `unreachable`/);
    assert.ok(!report.includes('s3cret'));
  });
});

const failing = () =>
  summaryWhen('the context fails', ({ context, state }) => context === 'bad' && state === 'failing');

async function nextIsFollowed(): Promise<void> {
  const cluster = await SimulatedCluster.start();
  try {
    writeKubeconfig(cluster.kubeconfig(['good']));
    await live('good');
  } finally {
    await cluster.stop();
  }
}

function config(server: Server): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bad',
    clusters: [{ name: 'bad', cluster: { server: `http://127.0.0.1:${portOf(server)}` } }],
    users: [{ name: 'bad', user: { token: 's3cret' } }],
    contexts: [{ name: 'bad', context: { cluster: 'bad', user: 'bad' } }],
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listening(answer: Answer): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
