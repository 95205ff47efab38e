import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The part of esbuild's metafile that tells what went into the bundles. */
export interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { bytesInOutput: number }>> }>>;
}

/**
 * Name, version, licence and licence texts of every package with at least one byte in a bundle; parts of a package may
 * have a licence of their own beside them. Throws for a package without any licence text.
 */
export function thirdPartyNotices(root: string, metafile: Metafile): string {
  const notices = [...bundledFolders(metafile)].map(([name, folders]) => noticeOf(join(root, name), root, folders));
  const head = 'PVC Watch contains code of the packages below, under their own licences.\n';
  return [head, ...notices].join(`\n${'-'.repeat(100)}\n\n`);
}

/** The folder of each bundled package → its folders with bundled files, all relative to the checkout. */
function bundledFolders(metafile: Metafile): ReadonlyMap<string, ReadonlySet<string>> {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const found = new Map<string, Set<string>>();
  for (const file of files.sort()) {
    const name = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
    if (name) found.set(name, (found.get(name) ?? new Set([name])).add(dirname(file)));
  }
  return found;
}

function noticeOf(packageFolder: string, root: string, folders: ReadonlySet<string>): string {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const texts = [...folders].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => /^(licen[cs]e|notice)/i.test(file))
      .map((file) => readFileSync(join(root, folder, file), 'utf8').trim()),
  );
  if (texts.length === 0) throw new Error(`${manifest.name} is bundled, and carries no licence text.`);
  return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${texts.join('\n\n')}\n`;
}
