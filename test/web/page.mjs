// The part of the test that a browser does; web_check.py starts it and says where everything is.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const told = JSON.parse(process.argv[2]);
const require = createRequire(join(told.modules, 'here.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const report = JSON.parse(readFileSync(told.report, 'utf8'));
mkdirSync(told.shots, { recursive: true });

let failed = 0;
function check(name, good, detail = '') {
  console.log(`${good ? 'ok' : 'not ok'} ${name}`);
  if (good) return;
  ++failed;
  console.log(`    ${(typeof detail === 'string' ? detail : JSON.stringify(detail)).slice(0, 1200)}`);
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const number = (text) => Number(text.replaceAll(',', ''));

const browser = await chromium.launch({
  executablePath: told.chromium,
  args: [...(told.root ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
});

/** Everything that must never happen on any page. */
const strange = [];
async function open(url, more = {}, expected = /^$/) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'Asia/Kolkata', ...more });
  context.setDefaultTimeout(60_000); // of a busy machine
  const page = await context.newPage();
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type()) && !expected.test(m.text())) strange.push(m.text());
  });
  page.on('pageerror', (e) => strange.push(String(e)));
  page.on('dialog', (d) => { strange.push(`a dialog: ${d.message()}`); void d.dismiss(); });
  page.on('request', (r) => {
    if (new URL(r.url()).origin !== url) strange.push(`a request to ${r.url()}`);
  });
  await page.goto(url + '/');
  return page;
}
async function go(page, hash, wait = 'h1') {
  await page.evaluate((to) => { location.hash = to; }, hash);
  await page.waitForSelector(wait);
}
const fields = (page, within = 'main') =>
  page.$$eval(`${within} data[data-field]`, (all) =>
    Object.fromEntries(all.map((d) => [d.dataset.field, { value: Number(d.value), text: d.textContent }])));
/** The figures shown that differ from what they should be. */
function wrong(shown, wanted) {
  return Object.entries(wanted).filter(([name, value]) =>
    shown[name]?.value !== value || number(shown[name].text.replace(/[^\d,]/g, '')) !== value)
    .map(([name, value]) => [name, value, shown[name]]);
}

const kTotals = {
  total_packets_received: 'received', total_lost_packets: 'lost', total_gaps_detected: 'gaps', late: 'late',
  duplicates: 'duplicates', total_flows: 'flows',
};
const kFlow = {
  packets_received: 'received', total_lost_packets: 'lost', gaps_detected: 'gaps', late: 'late', duplicates: 'duplicates',
  restarts: 'restarts', first_sequence: 'first_ext', last_sequence: 'highest_ext', too_old: 'too_old',
  before_first: 'before_first', outliers: 'outliers', lost_blind: 'lost_blind',
};
const flows = new Map(report.flows.map((f) => [f.id, f]));
const worst = report.flows.reduce((a, b) => (b.lost > a.lost ? b : a));

async function tableSums(page, title) {
  const figure = page.locator('figure', { has: page.getByRole('heading', { name: title }) });
  await figure.getByText('Table', { exact: true }).click();
  const heads = await figure.locator('.scroll thead th').allTextContents();
  const rows = await figure.locator('.scroll tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
  return Object.fromEntries(heads.slice(1).map((name, i) => [name, rows.reduce((n, r) => n + number(r[i + 1]), 0)]));
}

async function overview(page) {
  await page.waitForSelector('.plot canvas');
  const shown = await fields(page);
  check('the sums are the report\'s', wrong(shown, Object.fromEntries(Object.entries(kTotals).map(([m, t]) => [m, report.totals[t]]))).length === 0, shown);
  const frames = Object.fromEntries(Object.entries(report.packets).map(([name, n]) => [`packets.${name}`, n]));
  check('so are the frames by class', wrong(shown, frames).length === 0, wrong(shown, frames));
  const { capture_dropped: _, odd_times: __, ...causes } = report.probe; // no losses of its own
  const probe = Object.fromEntries(Object.entries(causes).map(([name, n]) => [`probe.${name}`, n]));
  check('so is what the probe lost', wrong(shown, probe).length === 0, wrong(shown, probe));
  const title = await page.locator('.verdict h2').textContent();
  const ratio = 100 * report.totals.loss_ratio;
  check('the verdict says how much was lost', title === `Loss: ${ratio.toFixed(ratio < 1 ? 4 : 2)} %`, title);
  const sums = await tableSums(page, 'Lost, late and repeated');
  check('the figure over time adds up to them', same([sums.lost, sums.late, sums.duplicates],
    [report.totals.lost, report.totals.late, report.totals.duplicates]), sums);
  const listed = await page.locator('section', { has: page.getByRole('heading', { name: 'SAs that lost most' }) })
    .locator('tbody tr').evaluateAll((all) => all.map((r) => [r.cells[0].textContent, r.cells[1].textContent]));
  const most = report.flows.map((f) => f.lost).sort((a, b) => b - a).slice(0, listed.length);
  check('the SAs that lost most', listed.length > 3 && listed.every(([id, n], i) => number(n) === most[i] && flows.get(id)?.lost === most[i]), listed);
  const zone = await page.locator('footer').textContent();
  const begin = await page.locator('main time').first().textContent();
  check('times are in the reader\'s zone, and it is named', zone.includes('Asia/') && zone.includes('UTC+05:30')
    && begin.startsWith('2025-01-01 05:30:00'), [zone, begin]);
}

async function table(page) {
  await go(page, '#/sas', 'table.sas tbody tr');
  const seen = [];
  for (;;) {
    seen.push(...await page.$$eval('table.sas tbody tr', (all) => all.map((r) => [...r.cells].map((c) => c.textContent))));
    const on = page.locator('a[rel=next]').first();
    if (await on.count() === 0) break;
    const address = await on.getAttribute('href');
    await on.click();
    await page.waitForFunction((from) => document.querySelector('.card[aria-busy=false] .where')?.textContent.startsWith(from), `${seen.length + 1}–`);
    if (seen.length > 50 && seen.length <= 100) {
      const before = await page.locator('table.sas tbody').textContent();
      await page.reload();
      await page.waitForSelector('table.sas tbody tr');
      check('a page of the table lies in its address', page.url().endsWith(address)
        && await page.locator('table.sas tbody').textContent() === before, page.url());
    }
  }
  const bad = seen.filter(([id, received, lost, , gaps, longest, late, again]) => {
    const f = flows.get(id.replace(' SCI assumed', ''));
    return !f || !same([received, lost, gaps, longest, late, again].map(number), [f.received, f.lost, f.gaps, f.max_gap, f.late, f.duplicates]);
  });
  check(`all ${flows.size} SAs are in the table, each with its figures`, new Set(seen.map((r) => r[0])).size === flows.size
    && seen.length === flows.size && bad.length === 0, bad.slice(0, 2));
  const bytes = report.flows.map((f) => f.bytes).sort((a, b) => a - b)[60];
  await go(page, '#/sas');
  await page.getByLabel('at least').first().fill(String(bytes));
  await page.getByRole('button', { name: 'Show' }).click();
  const some = report.flows.filter((f) => f.bytes >= bytes).length;
  await page.waitForFunction((n) => document.querySelector('.pager .where')?.textContent.endsWith(`of ${n}`), some);
  check('a bound is the server\'s filter, and in the address', page.url().includes(`min_bytes=${bytes}`));
}

async function one(page) {
  await go(page, `#/sa/${encodeURIComponent(worst.id)}`, '.plot canvas');
  await page.waitForSelector('table tbody tr');
  const shown = await fields(page);
  const wanted = Object.fromEntries(Object.entries(kFlow).map(([m, t]) => [m, worst[t]]));
  const windows = Object.fromEntries(Object.entries(worst.replay_window.dropped_at).map(([w, n]) => [`dropped_at.${w}`, n]));
  check('one SA: every figure is the report\'s', wrong(shown, { ...wanted, ...windows }).length === 0, wrong(shown, { ...wanted, ...windows }));
  const region = page.getByRole('region', { name: 'Gaps' });
  const gaps = await region.locator('tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].slice(0, 3).map((c) => c.textContent)));
  const real = report.gaps.filter((g) => g.flow_id === worst.id).map((g) => [g.first_missing, g.next, g.size]);
  const inOrder = (list) => list.sort((a, b) => a[0] - b[0]);
  check(`one SA: its ${real.length} gaps`, real.length > 0 && real.length <= 25 && same(inOrder(gaps.map((g) => g.map(number))), inOrder(real)), gaps);
  const bins = await page.locator('figure.histogram').first().locator('tbody tr').evaluateAll((all) =>
    all.map((r) => [parseInt(r.cells[0].textContent.replaceAll(',', ''), 10), Number(r.cells[1].textContent.replaceAll(',', ''))]));
  check('one SA: its loss periods', same(bins, Object.entries(worst.loss_periods).map(([k, n]) => [Number(k), n])), bins);
  const sums = await tableSums(page, 'Lost, late and repeated');
  check('one SA: its course adds up', sums.lost === worst.lost && sums.late === worst.late, sums);
}

async function events(page) {
  await go(page, '#/events', 'table tbody tr');
  const shown = await page.locator('table tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
  const real = report.events.map((e) => e.flow_id).sort();
  check(`the ${real.length} events of the report`, real.length > 1 && same(shown.map((r) => r[2]).sort(), real), shown.length);
  const rekeys = shown.filter((r) => r[1] === 'Rekey');
  check('rekeys in words', rekeys.length === report.events.filter((e) => e.kind === 'rekey').length
    && rekeys.every((r) => /^AN \d ended at [\d,?]+, AN \d begins at [\d,]+$/.test(r[3])), rekeys.slice(0, 2));
  check('the latest first', same(shown.map((r) => r[0]), shown.map((r) => r[0]).sort().reverse()));
  await page.getByLabel('Show').selectOption('rekey');
  check('a kind is chosen in the address', page.url().includes('kind=rekey'));
}

async function keyboard() {
  const page = await open(told.stored);
  await page.waitForSelector('.plot canvas');
  await page.waitForLoadState('networkidle');
  const stops = [];
  for (let i = 0; i < 200; ++i) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      const been = (window.been ??= new Set());
      if (e === window.last) return 'within'; // a field of several parts
      if (!e || e === document.body || been.has(e)) return null;
      been.add((window.last = e));
      const box = e.getBoundingClientRect();
      const style = getComputedStyle(e);
      return {
        what: `${e.tagName} ${e.textContent.slice(0, 30) || e.getAttribute('aria-label')}`,
        seen: box.width > 0 && box.height > 0 && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.opacity === '1',
      };
    });
    if (at === null) break;
    if (at !== 'within') stops.push(at);
  }
  check(`the keyboard reaches ${stops.length} places, each seen to be there`, stops.length > 15
    && stops[0].what.startsWith('A To the content') && stops.every((s) => s.seen), stops.filter((s) => !s.seen).concat(stops.slice(0, 2)));
  const slider = page.getByRole('slider').first();
  await slider.focus();
  const readout = page.locator('.readout').first();
  const first = await readout.textContent();
  for (let i = 0; i < 3; ++i) await page.keyboard.press('ArrowRight');
  const later = await readout.textContent();
  check('arrow keys walk through a figure', /lost [\d,−-]+/.test(first) && later !== first
    && await slider.getAttribute('aria-valuetext') === later, [first, later]);
  await page.getByRole('link', { name: 'Events' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1' && document.activeElement.textContent === 'Events');
  check('a link leads to the heading of its view', await page.title() === 'Events · lacuna');
  await page.goBack();
  await page.waitForSelector('.verdict');
  check('and there is a way back', !page.url().includes('events'));
  await page.context().close();
}

async function looks() {
  const views = [['overview', '#/', '.plot canvas'], ['sas', '#/sas', 'table.sas tbody tr'],
    ['sa', `#/sa/${encodeURIComponent(worst.id)}`, '.plot canvas'], ['events', '#/events', '.card'], ['runs', '#/runs', 'tbody tr']];
  for (const [scheme, width, height] of [['light', 1280, 900], ['dark', 360, 740], ['dark', 3840, 2160]]) {
    const page = await open(told.stored, { colorScheme: scheme, viewport: { width, height } });
    for (const [name, hash, wait] of views) {
      await go(page, hash, wait);
      await page.waitForLoadState('networkidle');
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`${name}, ${scheme}, ${width} wide: nothing sticks out`, over <= 0, over);
      await page.screenshot({ path: join(told.shots, `${name}-${scheme}-${width}.png`), fullPage: width < 3840 });
      if (width === 3840) continue;
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
      const grave = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
      check(`${name}, ${scheme}: axe-core finds nothing serious (${found.passes.length} rules hold)`, grave.length === 0 && found.passes.length > 10,
        grave.map((v) => [v.id, v.nodes.length, v.nodes[0].html, v.nodes[0].failureSummary]));
    }
    await page.context().close();
  }
}

async function themes(page) {
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByLabel('Colours').selectOption('dark');
  const dark = await paper();
  await page.reload();
  await page.waitForSelector('h1');
  check('dark by choice, and it stays', dark !== light && await paper() === dark, [light, dark]);
  await page.getByLabel('Colours').selectOption('system');
  check('back to what the system says', await paper() === light);
  await page.emulateMedia({ colorScheme: 'dark' });
  // The page hears of it by an event of its own.
  const follows = await page.waitForFunction(
    (wanted) => getComputedStyle(document.body).backgroundColor === wanted, dark, { timeout: 5000 })
    .then(() => true, () => false);
  check('and along when that changes', follows, await paper());
  await page.emulateMedia({ colorScheme: 'light' });
}

async function hostile() {
  const page = await open(told.stored, {}, /status of (400|404)/);
  await go(page, '#/runs', 'td.input');
  const input = await page.locator('td.input').first().textContent();
  await go(page, `#/sa/${encodeURIComponent(told.hostile)}?run=1`);
  await page.waitForSelector('.woe');
  const title = await page.locator('h1').textContent();
  check('a hostile name is text', input.endsWith(told.hostile) && title === told.hostile
    && await page.locator('img:not([src="icon.svg"])').count() === 0, [input, title]);
  await page.context().close();
}

async function gate() {
  const page = await open(told.guarded, {}, /status of 401/);
  await page.waitForSelector('.gate');
  await page.getByLabel('Token').fill('not this one');
  await page.getByRole('button').click();
  await page.waitForSelector('.gate .woe');
  await page.getByLabel('Token').fill(told.token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.verdict');
  const kept = await page.evaluate(() => [JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie, location.href]);
  check('a token opens the page, and only this tab keeps it', kept[0].includes(told.token)
    && !kept.slice(1).some((place) => place.includes(told.token)), kept);
  await page.getByRole('button', { name: 'Forget the token' }).click();
  await page.waitForSelector('.gate');
  check('and forgets it', !(await page.evaluate(() => JSON.stringify(sessionStorage))).includes(told.token));
  await page.context().close();
}

async function live() {
  const page = await open(told.live);
  await page.waitForSelector('.state.live');
  const received = async () => (await fields(page)).total_packets_received.value;
  const first = await received();
  await page.waitForSelector('.plot canvas');
  await page.waitForFunction((n) => Number(document.querySelector('data[data-field=total_packets_received]').value) > n, first);
  await page.getByRole('heading', { name: 'Last minutes' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.plot canvas').length >= 2);
  check('a run under way: figures grow, and are drawn', await received() > first);
  await page.screenshot({ path: join(told.shots, 'live.png'), fullPage: true });
  await go(page, '#/events');
  await page.getByText('New ones appear as they come.').waitFor();
  await page.context().close();
}

const begun = Date.now();
await live();
const page = await open(told.stored);
await page.waitForSelector('.verdict');
const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
console.log(`first paint after ${Math.round(painted)} ms`);
for (const part of [overview, table, one, events, themes]) await part(page);
await page.context().close();
await keyboard();
await hostile();
await looks();
await gate();
check('no error, no warning, no dialog, no request to anybody else', strange.length === 0, [...new Set(strange)]);
console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s in the browser`);
await browser.close();
process.exit(failed ? 1 : 0);
