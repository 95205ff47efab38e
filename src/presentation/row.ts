/** Icon of a row: a codicon and the id of the theme colour it is tinted with. */
export interface RowIcon {
  readonly codicon: string;
  readonly color?: string;
}

/** A claim as commands are given it. */
export interface ClaimRef {
  readonly contextName: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Whether a command was given a claim: key bindings and other extensions may pass anything. */
export function isClaimRef(value: unknown): value is ClaimRef {
  if (typeof value !== 'object' || value === null) return false;
  if (!('contextName' in value && 'namespace' in value && 'name' in value && 'uid' in value)) return false;
  const { contextName, namespace, name, uid } = value;
  return [contextName, namespace, name, uid].every((text) => typeof text === 'string');
}

/** One row of the claims view, ready to be drawn. */
export interface Row {
  /** Unique in the tree and stable over updates: the object's UID where it has one. */
  readonly id: string;
  readonly kind: 'namespace' | 'claim' | 'fact' | 'withoutAccess' | 'withoutAccessName';
  readonly label: string;
  readonly description: string;
  /** Markdown, escaped. May be made only when it is asked for. */
  readonly tooltip: string;
  readonly icon: RowIcon | undefined;
  readonly collapsible: 'none' | 'collapsed';
  readonly contextValue: string;
  readonly accessibilityLabel: string;
  /** Level of a claim or namespace for its FileDecoration. */
  readonly level: 'normal' | 'warning' | 'error' | 'muted';
  /** Why it is marked with a `!`, in its decoration. */
  readonly alarm?: string;
  /** Namespace rows and claim rows. */
  readonly namespace?: string;
  /** Claim rows. */
  readonly claim?: ClaimRef;
}
