import { parseSync, Visitor } from 'oxc-parser';

/** One mention of another module in a source file, of whatever kind. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** `type`: gone at run time. `dynamic`: at run time only, when it is reached. */
  readonly kind: 'value' | 'type' | 'dynamic';
}

/** Every import, re-export, dynamic import, `import()` type and `require` of a TypeScript source. Throws if it does not parse. */
export function importsOf(file: string, source: string): Import[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (specifier: string, kind: Import['kind']) => found.push({ specifier, kind });
  new Visitor({
    // With verbatimModuleSyntax `import { type A }` still loads the module; only `import type` does not.
    ImportDeclaration: (node) => add(node.source.value, node.importKind === 'type' ? 'type' : 'value'),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node.source.value, node.exportKind === 'type' ? 'type' : 'value');
    },
    ExportAllDeclaration: (node) => add(node.source.value, node.exportKind === 'type' ? 'type' : 'value'),
    ImportExpression: (node) => add(literal(node.source), 'dynamic'),
    TSImportType: (node) => add(node.source.value, 'type'),
    TSExternalModuleReference: (node) => add(node.expression.value, 'value'),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require')
        add(literal(node.arguments[0]), 'dynamic');
    },
  }).visit(program);
  return found;
}

/** What cannot be read from the source fits no table. */
function literal(node: { readonly type: string; readonly value?: unknown } | undefined): string {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : '(computed)';
}
