/** A colour of VS Code's theme as it is now, by the name of its CSS variable; the text's where the theme has none. */
export function themeColour(name: string): string {
  const style = getComputedStyle(document.body);
  return style.getPropertyValue(`--vscode-${name}`).trim() || style.color;
}

/** Calls `changed` whenever VS Code shows another theme: it then replaces the variables and the classes of the page. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(() => changed());
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}

export function isHighContrast(): boolean {
  return document.body.classList.contains('vscode-high-contrast');
}
