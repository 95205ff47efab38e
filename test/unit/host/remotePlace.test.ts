import assert from 'node:assert/strict';
import { type ExtensionHost, remotePlace } from '../../../src/host/remotePlace.ts';

const remote = { local: false, remoteName: undefined, wslDistribution: undefined };

const places: [host: Partial<ExtensionHost>, place: string | undefined][] = [
  [{ local: true }, undefined],
  [{}, undefined],
  [{ remoteName: 'wsl', wslDistribution: 'Ubuntu' }, 'WSL: Ubuntu'],
  [{ remoteName: 'wsl' }, 'WSL'],
  [{ remoteName: 'ssh-remote' }, 'the SSH host'],
  [{ remoteName: 'ssh-remote', wslDistribution: 'Ubuntu' }, 'the SSH host'],
  [{ remoteName: 'dev-container' }, 'the container'],
  [{ remoteName: 'something-new' }, 'the server'],
  // Beside the window, which is connected to a remote.
  [{ local: true, remoteName: 'wsl' }, undefined],
  [{ local: true, remoteName: 'ssh-remote' }, undefined],
];

describe('the place where the extension runs', () => {
  for (const [host, place] of places)
    it(`is ${place ?? "the user's own machine"} for ${JSON.stringify(host)}`, () =>
      assert.equal(remotePlace({ ...remote, ...host }), place));
});
