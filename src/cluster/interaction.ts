/** Who asked: only a click may start a credential plugin that needs the user. */
export type Interaction = 'background' | 'click';
