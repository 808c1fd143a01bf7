// The page: who may look, which view, and what is around it.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { getJson, token } from './api';
import { history, path, useAsk } from './data';
import { zoneName } from './format';
import { changed, link, Place, usePlace } from './route';
import { applyTheme, chosenTheme, Theme } from './theme';
import type { Run, RunList, Summary } from './types';
import { Woe } from './parts/small';
import { Events } from './views/events';
import { Overview, restOf } from './views/overview';
import { Runs } from './views/runs';
import { Sa } from './views/sa';
import { Sas } from './views/sas';

const kViews: [string, string][] = [['', 'Overview'], ['sas', 'SAs'], ['events', 'Events'], ['runs', 'Runs']];

function ThemePicker() {
  const [theme, set] = useState<Theme>(chosenTheme());
  const pick = (e: { currentTarget: HTMLSelectElement }): void => {
    const value = e.currentTarget.value as Theme;
    applyTheme(value);
    set(value);
  };
  return (
    <label class="theme">
      Colours{' '}
      <select value={theme} onChange={pick}>
        <option value="system">as the system</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </label>
  );
}

function RunPicker({ place, runs }: { place: Place; runs: Run[] }) {
  if (runs.length < 2) return null;
  return (
    <label>
      Run{' '}
      <select value={place.query.get('run') ?? ''} onChange={(e) => (location.hash = changed(place, { run: e.currentTarget.value, from: '', after: '', gaps: '' }))}>
        <option value="">the latest</option>
        {runs.slice().reverse().map((r) => <option value={r.run}>{r.run}: {r.command}, {r.state}</option>)}
      </select>
    </label>
  );
}

/** A server with a token tells nothing without it. */
function Gate() {
  const submit = (e: SubmitEvent): void => {
    e.preventDefault();
    token.set(String(new FormData(e.currentTarget as HTMLFormElement).get('token') ?? '').trim());
    location.reload();
  };
  return (
    <main class="gate">
      <h1>lacuna</h1>
      <form onSubmit={submit}>
        {token.get() && <p class="woe" role="alert">The server does not take this token.</p>}
        <label>Token <input name="token" type="password" autocomplete="off" required autofocus /></label>
        <button type="submit">Look</button>
        <p class="quiet">It is what the server's --token-file holds. This tab keeps it until it is closed.</p>
      </form>
    </main>
  );
}

function View({ place, summary, runs }: { place: Place; summary: { data?: Summary }; runs: Run[] }) {
  const open = summary.data?.state === 'open';
  switch (place.path[0] ?? '') {
    case '':
      return <Overview place={place} summary={summary} />;
    case 'sas':
      return <Sas place={place} open={open} />;
    case 'sa':
      return <Sa place={place} open={open} />;
    case 'events':
      return <Events place={place} open={open} />;
    case 'runs':
      return <Runs runs={runs} />;
    default:
      return <h1 tabIndex={-1}>There is nothing here</h1>;
  }
}

function Page() {
  const place = usePlace();
  const run = place.query.get('run');
  const [rest, setRest] = useState(restOf());
  const at = path('/api/v1/stats/summary', { run });
  const summary = useAsk(at, (stop) => getJson<Summary>(at, stop), rest);
  const runs = useAsk('runs', (stop) => getJson<RunList>('/api/v1/runs?limit=1000', stop), 10_000);
  const main = useRef<HTMLElement>(null);
  const view = place.path.join('/');
  const before = useRef(view);

  useEffect(() => {
    if (!summary.data) return;
    setRest(restOf(summary.data));
    if (summary.data.state === 'open' && !run) history.add(summary.data);
  }, [summary.data]);
  useEffect(() => {
    const name = place.path[0] === 'sa' ? place.path[1] : kViews.find(([key]) => key === (place.path[0] ?? ''))?.[1];
    document.title = name ? `${name} · lacuna` : 'lacuna';
    // Who goes to another view, with eyes or without, begins at its heading.
    if (before.current !== view) main.current?.querySelector('h1')?.focus();
    before.current = view;
  }, [view]);

  const state = summary.trouble ? 'no answer' : summary.data?.state === 'open' ? 'live' : summary.data ? 'stored' : '';
  const skip = (e: MouseEvent): void => {
    e.preventDefault();
    main.current?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>To the content</a>
      <header>
        <a class="name" href={link([], { run })}><img src="icon.svg" alt="" width={22} height={22} /> lacuna</a>
        <nav aria-label="Views">
          {kViews.map(([key, name]) => {
            const here = (place.path[0] ?? '') === key || (key === 'sas' && place.path[0] === 'sa');
            return <a href={link(key ? [key] : [], { run })} aria-current={here ? 'page' : undefined}>{name}</a>;
          })}
        </nav>
        <span class={`state ${state.replace(' ', '-')}`} role="status">{state}</span>
        <RunPicker place={place} runs={runs.data?.runs ?? []} />
        <ThemePicker />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Woe trouble={summary.trouble} />
        <View place={place} summary={summary} runs={runs.data?.runs ?? []} />
      </main>
      <footer>
        <span>Times are in {zoneName()}.</span>
        <a href="/api/v1/openapi.json">Interface</a>
        <a href="/metrics">Metrics</a>
        <a href="/licenses">Licences</a>
        {token.get() && <button type="button" onClick={() => { token.set(''); location.reload(); }}>Forget the token</button>}
      </footer>
    </>
  );
}

function App() {
  const [closed, set] = useState(false);
  useEffect(() => {
    const ask = (): void => set(true);
    addEventListener('lacuna-token', ask);
    return () => removeEventListener('lacuna-token', ask);
  }, []);
  return closed ? <Gate /> : <Page />;
}

applyTheme(chosenTheme());
render(<App />, document.getElementById('page')!);
