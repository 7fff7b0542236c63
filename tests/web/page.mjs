// The partners' page in Chromium. page.t starts the hub and runs this with its settings in the environment:
//   WARDSTAR_URL, WARDSTAR_TOKEN (an organisation's), WARDSTAR_FAULTY and WARDSTAR_CORRECTED (files),
//   WARDSTAR_SHOTS (folder of the screenshots). Prints TAP.
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {chromium} from 'playwright-core';

const {WARDSTAR_URL: url, WARDSTAR_TOKEN: token, WARDSTAR_FAULTY: faulty, WARDSTAR_CORRECTED: corrected,
  WARDSTAR_SHOTS: shots, WARDSTAR_CHROMIUM: program = '/usr/bin/chromium'} = process.env;
const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const WAIT = 60000;

let count = 0;
let failures = 0;
function ok(good, title, detail = '') {
  count++;
  if (!good) failures++;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${title}`);
  if (!good && detail !== '') console.log(String(detail).replace(/^/gm, '# '));
}
const is = (seen, wanted, title) => ok(seen === wanted, title, `seen:   ${seen}\nwanted: ${wanted}`);
const like = (seen, pattern, title) => ok(pattern.test(seen), title, seen);

const browser = await chromium.launch({executablePath: program, args: ['--no-sandbox', '--disable-dev-shm-usage']});

// A page that notes every address asked for, every violation of the policy and every error.
async function open(options = {}) {
  const context = await browser.newContext({locale: 'en-GB', viewport: {width: 1000, height: 900}, ...options});
  context.setDefaultTimeout(WAIT);
  const page = await context.newPage();
  const noted = {requests: [], violations: [], errors: []};
  page.on('request', (request) => noted.requests.push({url: request.url(), headers: request.headers()}));
  page.on('console', (message) => { if (message.type() === 'error') noted.errors.push(message.text()); });
  page.on('pageerror', (error) => noted.errors.push(error.message));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
  });
  await page.goto(url);
  return {context, page, noted};
}

async function accessible(page, what) {
  const found = await page.evaluate(`(() => { ${axe}; return axe.run(document, {resultTypes: ['violations']}); })()`);
  is(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`).join('\n'), '', `${what}: axe finds nothing`);
}

const narrow = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
const shot = (page, name) => page.screenshot({path: `${shots}/${name}.png`, fullPage: true});
const status = (page) => page.locator('#status').textContent();
const idle = (page) => page.waitForSelector('#progress-row', {state: 'hidden'});

async function dropFile(page, file) {
  const bytes = readFileSync(file).toString('base64');
  const data = await page.evaluateHandle(([text, name]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    return transfer;
  }, [bytes, basename(file)]);
  await page.dispatchEvent('#drop', 'dragover', {dataTransfer: data});
  await page.dispatchEvent('#drop', 'drop', {dataTransfer: data});
}

// With the mouse.
{
  const {context, page, noted} = await open();
  is(await page.title(), 'Returns', 'the page opens');
  await shot(page, '1-sign-in');
  await accessible(page, 'signing in');
  await page.fill('#token', 'wst_none_such');
  await page.click('#sign-in-form button');
  await page.waitForFunction(() => document.getElementById('sign-in-problem').textContent !== '');
  ok(await page.isVisible('#sign-in') && !await page.isVisible('#signed-in'), 'a wrong token does not sign in');
  noted.errors.length = 0;

  await page.fill('#token', token);
  await page.click('#sign-in-form button');
  await page.waitForSelector('#due table');
  like(await page.textContent('#due'), /Not sent yet/, 'signed in: what is due is shown');
  await shot(page, '2-due');
  await accessible(page, 'what is due');

  await dropFile(page, faulty);
  await page.waitForSelector('#verdict .receipt');
  like(await page.textContent('#verdict'), /Not accepted/, 'the faulty workbook is not accepted');
  ok(await page.locator('#verdict .findings li').count() > 0, 'its findings are listed');
  like(await status(page), /not accepted yet: \d+ errors? need/, 'the live region says so');
  like(await page.textContent('#sent'), new RegExp(basename(faulty).replace(/\W/g, '\\$&')), 'it stands in what was sent');
  await shot(page, '3-rejected');
  await accessible(page, 'a verdict');

  await dropFile(page, corrected);
  await page.waitForSelector('#verdict .receipt.accepted');
  like(await status(page), /accepted/, 'the corrected workbook is accepted');
  await shot(page, '4-accepted');

  await dropFile(page, corrected);
  await page.waitForFunction(() => /sent this very file before/.test(document.getElementById('verdict').textContent));
  ok(true, 'the same bytes again are the same submission');

  like(await page.textContent('#verdict'), /Submission \d+, /, 'the number that an answer to a question needs is shown');

  // What can't be taken: the page says so of the file by its own name, which the hub does not keep.
  await idle(page);
  await page.setInputFiles('#file', {name: 'empty.xlsx', mimeType: '', buffer: Buffer.alloc(0)});
  await page.waitForFunction(() => /empty\.xlsx was not taken in\. The file is empty/.test(document.getElementById('status').textContent));
  ok(await page.locator('#status.problem').count() === 1, 'an empty file is not taken in');
  await idle(page);
  const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(3000)]);
  await page.setInputFiles('#file', {name: 'photo of Wilhelmina.jpg', mimeType: 'image/jpeg', buffer: photo});
  await page.waitForSelector('#verdict .receipt.rejected');
  like(await page.textContent('#verdict'), /photo of Wilhelmina\.jpg: Not accepted.*It is a picture/s, 'a photo is called what it is');
  like(await status(page), /^Your file photo of Wilhelmina\.jpg is not accepted yet/, '... by the name that its sender knows');
  ok(await page.locator('#status.problem').count() === 0, 'a verdict is no fault of the page');
  ok(!(await page.textContent('#sent')).includes('Wilhelmina'), '... which the hub has shortened');
  noted.errors.length = 0;
  await idle(page);
  await dropFile(page, corrected);
  await page.waitForSelector('#verdict .receipt.accepted');

  const [receipt] = await Promise.all([page.waitForEvent('download'), page.click('#verdict button:has-text("HTML")')]);
  const html = readFileSync(await receipt.path(), 'utf8');
  like(html, /<html/i, 'the receipt can be saved');
  ok(!/<script|https?:\/\/(?!www\.w3\.org)/i.test(html), 'it holds no script and no address from elsewhere');
  const [own] = await Promise.all([page.waitForEvent('download'), page.click('#verdict button:has-text("file back")')]);
  ok(readFileSync(await own.path()).equals(readFileSync(corrected)), 'the file comes back byte for byte');
  const [data] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Your returns")')]);
  like(readFileSync(await data.path(), 'utf8'), /^[a-z_]+,/, 'own data come back as CSV');
  const [template] = await Promise.all([page.waitForEvent('download'), page.click('#forms button')]);
  is(readFileSync(await template.path()).subarray(0, 2).toString(), 'PK', 'an empty form is a workbook');

  await page.reload();
  await page.waitForSelector('#sent table');
  ok(true, 'a reload stays signed in');
  await page.click('#sent button[aria-expanded]');
  await page.waitForSelector('#sent .receipt');
  await shot(page, '5-sent');
  await page.click('#sign-out');
  ok(await page.isVisible('#sign-in'), 'signed out');
  is(await page.evaluate(() => JSON.stringify({...sessionStorage, ...localStorage}) + document.cookie), '{}', 'no token is left');
  ok(!(await page.content()).includes(basename(corrected)), 'nothing of the partner is left on the page');

  const origin = new URL(url).origin;
  is(noted.requests.filter((r) => !r.url.startsWith(`${origin}/`) && !r.url.startsWith(`blob:${origin}/`)).map((r) => r.url).join('\n'), '', 'no request goes elsewhere');
  is(noted.requests.filter((r) => r.url.includes('wst_') || r.url.includes(basename(corrected))).map((r) => r.url).join('\n'), '', 'neither token nor file name stands in an address');
  is((await page.evaluate(() => window.violations)).join('\n'), '', 'no violation of the content security policy');
  is(noted.errors.join('\n'), '', 'no error in the console');
  await context.close();
}

// The policy holds against what a page could be made to do.
{
  const {context, page} = await open();
  const blocked = await page.evaluate(async () => {
    const script = document.createElement('script');
    let out = [];
    try { script.text = 'window.ran = true'; } catch (e) { out.push('trusted types'); }
    document.head.append(script);
    const style = document.createElement('div');
    style.setAttribute('style', 'position: fixed');
    document.body.append(style);
    if (getComputedStyle(style).position !== 'fixed') out.push('style');
    await fetch('https://example.invalid/').catch(() => out.push('connect'));
    if (window.ran !== true) out.push('script');
    return out.join(' ');
  });
  is(blocked, 'trusted types style connect script', 'inline script and style and foreign addresses are blocked');
  await context.close();
}

// Keyboard only, 360 px wide, dark.
{
  const {context, page, noted} = await open({viewport: {width: 360, height: 740}, colorScheme: 'dark', hasTouch: true});
  is(await page.evaluate(() => document.activeElement.id), 'token', 'the token field has the focus');
  await page.keyboard.insertText(token);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#due');
  await page.waitForSelector('#sent table');
  ok(await narrow(page), 'nothing is wider than 360 px');
  await shot(page, '6-narrow-dark');
  await accessible(page, 'narrow and dark');
  const names = [];
  let chooser = null;
  page.on('filechooser', (c) => { chooser = c; });
  for (let n = 0; n < 40 && chooser === null; n++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => ({
      id: document.activeElement.id,
      ring: getComputedStyle(document.activeElement).outlineStyle,
    }));
    names.push(at.id);
    if (at.id !== '' && at.ring === 'none') ok(false, `${at.id} shows that it has the focus`);
    if (at.id === 'file') {
      await page.keyboard.press('Enter');
      await page.waitForTimeout(500);
    }
  }
  ok(chooser !== null, `the file is chosen by keyboard (${names.join(' ')})`);
  await chooser.setFiles(faulty);
  await page.waitForSelector('#verdict .receipt');
  is(await page.evaluate(() => document.activeElement.id), 'verdict', 'the focus moves to the verdict');
  like(await page.textContent('#verdict'), /does not count again by being sent again/, 'a file that was replaced is not put back by sending it again, and the page says so');
  ok(await narrow(page), 'the verdict is not wider either');
  await shot(page, '7-narrow-verdict');
  // On from the verdict to the receipt of the newest file.
  let opened = false;
  for (let n = 0; n < 60 && !opened; n++) {
    await page.keyboard.press('Tab');
    opened = await page.evaluate(() => document.activeElement.getAttribute('aria-controls')?.startsWith('receipt-') ?? false);
  }
  await page.keyboard.press('Enter');
  await page.waitForSelector('#sent .receipt');
  ok(opened, 'a receipt is opened by keyboard');
  ok(await narrow(page), 'an opened receipt is not wider');
  await shot(page, '8-narrow-sent');
  is((await page.evaluate(() => window.violations)).join('\n') + noted.errors.join('\n'), '', 'no violation and no error');
  await context.close();
}

// The network goes away while a file is sent: the page says so, tries again, and the file arrives once.
{
  const {context, page} = await open();
  await page.fill('#token', token);
  await page.click('#sign-in-form button');
  await page.waitForSelector('#sent table');
  let cut = 0;
  await page.route('**/v1/submissions?wait=20', (route) => (cut++ < 2 ? route.abort('connectionreset') : route.continue()));
  await page.setInputFiles('#file', faulty);
  await page.waitForFunction(() => /Trying again/.test(document.getElementById('status').textContent));
  await page.waitForSelector('#verdict .receipt');
  is(cut, 3, 'two attempts were cut, the third came through');
  await page.route('**/v1/**', (route) => route.fulfill({status: 401, contentType: 'application/problem+json',
    body: '{"title": "Unauthorized", "status": 401, "detail": "The token has ended."}'}));
  await page.click('#sent button[aria-expanded]');
  await page.waitForSelector('#sign-in');
  like(await page.textContent('#sign-in-problem'), /has ended/, 'a token that ends leads back to signing in');
  await context.close();
}

await browser.close();
console.log(`1..${count}`);
process.exitCode = failures > 0 ? 1 : 0;
