import type { Level, PanelModel, PanelRow, PanelSection } from '../presentation/protocol.ts';

/** The element with this id of the page that the extension wrote; a page without it is a mistake of ours. */
export function elementOf(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element;
}

/** Puts the parts that are given into the page, always as text. */
export function showParts({ head, usage, ...sections }: Partial<PanelModel>): void {
  if (head) {
    setText('name', head.name);
    setText('place', head.place);
    setText('note', head.note, head.noteLevel);
  }
  if (usage) {
    setText('used', usage.text, usage.level);
    setText('reason', usage.reason);
    setText('forecast', usage.forecast);
    setText('spoken', usage.spoken);
  }
  for (const name of ['facts', 'conditions', 'pods', 'events'] as const) {
    const section = sections[name];
    if (section) showSection(name, section);
  }
}

function showSection(name: string, { rows, note }: PanelSection): void {
  setText(`${name}-note`, note);
  const list = elementOf(`${name}-rows`);
  list.hidden = rows.length === 0;
  list.replaceChildren(...rows.flatMap(rowElements));
}

function rowElements({ label, value, level }: PanelRow): readonly HTMLElement[] {
  const [term, description] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = label;
  description.textContent = value;
  description.className = classOf(level);
  return [term, description];
}

/** Left alone where nothing changes, so that a screen reader says nothing twice. */
function setText(id: string, text: string, level: Level = 'normal'): void {
  const element = elementOf(id);
  element.hidden = text === '';
  for (const name of ['warning', 'error']) element.classList.toggle(name, name === classOf(level));
  if (element.textContent !== text) element.textContent = text;
}

function classOf(level: Level): string {
  return level === 'normal' ? '' : level;
}
