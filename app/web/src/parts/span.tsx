// From when to when: kept in the address, chosen by hand or by drawing over a figure.
import { changed, Place } from '../route';

const local = (text: string | null): string => {
  if (!text) return '';
  const d = new Date(text);
  return new Date(d.getTime() - 60_000 * d.getTimezoneOffset()).toISOString().slice(0, 19);
};

export const choose = (place: Place) => (from: number, until: number): void => {
  const text = (s: number): string => new Date(1000 * s).toISOString();
  location.hash = changed(place, { since: text(from), until: text(until) });
};

export function Span({ place }: { place: Place }) {
  const since = place.query.get('since');
  const until = place.query.get('until');
  const set = (name: string) => (e: { currentTarget: HTMLInputElement }): void => {
    const value = e.currentTarget.value;
    location.hash = changed(place, { [name]: value ? new Date(value).toISOString() : '' });
  };
  return (
    <div class="span" role="group" aria-label="Span of time">
      <label>From <input type="datetime-local" step={1} value={local(since)} onChange={set('since')} /></label>
      <label>to <input type="datetime-local" step={1} value={local(until)} onChange={set('until')} /></label>
      {(since || until) && <a href={changed(place, { since: '', until: '' })}>Whole time</a>}
    </div>
  );
}
