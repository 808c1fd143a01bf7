// Dark or light: as the system says, or as chosen.
import { useEffect, useState } from 'preact/hooks';

export type Theme = 'system' | 'light' | 'dark';
const kKey = 'lacuna-theme';
const kChanged = 'lacuna-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export function chosenTheme(): Theme {
  const value = localStorage.getItem(kKey);
  return value === 'light' || value === 'dark' ? value : 'system';
}

/** The style sheet knows dark and light alone; what the system says is looked up here. */
function show(theme: Theme): void {
  const system = dark.matches ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = theme === 'system' ? system : theme;
  dispatchEvent(new CustomEvent(kChanged));
}
dark.addEventListener('change', () => show(chosenTheme()));

export function applyTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(kKey);
  else localStorage.setItem(kKey, theme);
  show(theme);
}

/** Changes whenever colours do, for what is painted by hand. */
export function useThemeCount(): number {
  const [n, set] = useState(0);
  useEffect(() => {
    const changed = (): void => set((old) => old + 1);
    addEventListener(kChanged, changed);
    return () => removeEventListener(kChanged, changed);
  }, []);
  return n;
}

export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
