// The page of a partner: what is due, what was sent, and a place to drop a file.
import {Problem, call, get, keepToken, save, send, signedIn, verdict} from './api.js';
import {by, element, plural, size, when} from './dom.js';
import {drawReceipt, named, state, summary} from './receipt.js';

let sending = null;
let oldest = null;

function say(text, bad = false) {
  by('status').textContent = text;
  by('status').classList.toggle('problem', bad);
}

// Signing in and out

function show() {
  by('sign-in').hidden = signedIn();
  by('signed-in').hidden = !signedIn();
  by('who').hidden = !signedIn();
}

function signOut(why) {
  sending?.abort();
  keepToken(null);
  for (const id of ['due', 'sent', 'verdict', 'forms']) by(id).replaceChildren();
  for (const id of ['programme', 'period', 'form']) by(id).length = 1;
  by('organisation').textContent = '';
  say('');
  show();
  by('sign-in-problem').textContent = why;
  by('token').value = '';
  by('token').focus();
}

// What is shown when a call fails: an ended token leads back to signing in.
function failed(problem, place) {
  if (problem.status === 401) signOut(problem.message);
  else if (problem instanceof Problem) place.textContent = problem.message;
  else throw problem;
}

async function signIn(event) {
  event.preventDefault();
  const text = by('token').value.trim();
  const button = event.target.querySelector('button');
  by('sign-in-problem').textContent = '';
  if (!/^[\x21-\x7e]+$/.test(text)) {
    by('sign-in-problem').textContent = text === '' ? 'Enter the token.' : 'A token has no spaces and no accents: please copy it again.';
    by('token').focus();
    return;
  }
  button.disabled = true;
  keepToken(text);
  try {
    await call('v1/due');
    by('token').value = '';
    show();
    by('main').focus();
    await load();
  } catch (problem) {
    signOut('');
    failed(problem, by('sign-in-problem'));
  } finally {
    button.disabled = false;
  }
}

// What is due

function choose(id, value) {
  const list = by(id);
  if (![...list.options].some((o) => o.value === value)) list.add(new Option(value, value));
  list.value = value;
}

function drawDue(answer) {
  by('organisation').textContent = answer.organisation;
  const rows = answer.due.filter((d) => d.state !== 'accepted');
  for (const d of answer.due) {
    for (const id of ['programme', 'period']) {
      if (![...by(id).options].some((o) => o.value === d[id])) {
        by(id).add(new Option(id === 'period' ? `${d.period} (${d.dates})` : d[id], d[id]));
      }
    }
  }
  if (rows.length === 0) {
    by('due').replaceChildren(element('p', {}, 'Nothing is due. Thank you.'));
    return;
  }
  by('due').replaceChildren(element('table', {},
    element('caption', {}, `${plural(rows.length, 'return')} expected of you and not yet accepted`),
    element('thead', {}, element('tr', {}, ...['Programme', 'Quarter', 'State', 'Send'].map((h) => element('th', {scope: 'col'}, h)))),
    element('tbody', {}, ...rows.map((d) => element('tr', {},
      element('th', {scope: 'row'}, d.programme),
      element('td', {'data-label': 'Quarter'}, d.dates),
      element('td', {'data-label': 'State'}, state(d.state)),
      element('td', {}, element('button', {
        type: 'button', class: 'quiet', 'aria-label': `Send the return of ${d.programme} for ${d.dates}`,
        onclick: () => {
          choose('programme', d.programme);
          choose('period', d.period);
          by('stated').open = true;
          by('verdict').replaceChildren();
          say(`Choose the file for ${d.programme}, ${d.dates}.`);
          by('file').focus();
        },
      }, 'Send')))))));
}

// What was sent

async function receiptOf(id) {
  return get(`v1/submissions/${id}/receipt`);
}

function receiptActions(id, name) {
  const problem = element('span', {class: 'problem', role: 'alert'});
  const button = (title, path, as, accept) => element('button', {
    type: 'button', class: 'link',
    onclick: () => { problem.textContent = ''; save(path, as, accept).catch((e) => failed(e, problem)); },
  }, title);
  return [element('span', {class: 'links'},
    button('Save this receipt (HTML)', `v1/submissions/${id}/receipt`, `receipt-${id}.html`, 'text/html'),
    button('as CSV', `v1/submissions/${id}/receipt`, `receipt-${id}.csv`, 'text/csv'),
    button('Get the file back', `v1/submissions/${id}/file`, name)), problem];
}

function drawSubmission(s) {
  const cell = element('td', {class: 'open', colspan: 4});
  const inside = element('tr', {class: 'inside', id: `receipt-${s.submission}`, hidden: true}, cell);
  const toggle = element('button', {
    type: 'button', class: 'quiet', 'aria-expanded': 'false', 'aria-controls': inside.id,
    'aria-label': `Receipt of ${s.file}, submission ${s.submission}`,
    onclick: async () => {
      inside.hidden = !inside.hidden;
      toggle.setAttribute('aria-expanded', String(!inside.hidden));
      if (inside.hidden) return;
      try {
        cell.replaceChildren(drawReceipt(await receiptOf(s.submission), 3, false, ...receiptActions(s.submission, s.file)));
      } catch (problem) {
        const place = element('p', {class: 'problem', role: 'alert'});
        cell.replaceChildren(place);
        failed(problem, place);
      }
    },
  }, 'Receipt');
  const counts = [s.errors ? plural(s.errors, 'error') : null, s.queries ? plural(s.queries, 'question') : null].filter(Boolean).join(', ');
  const about = [s.programme, s.dates ?? s.period].filter(Boolean).join(', ');
  return [element('tr', {},
    element('th', {scope: 'row'}, s.file, element('span', {class: 'hint'}, about)),
    element('td', {'data-label': 'Sent'}, `${when(s.received_at)}, ${size(s.size)}`),
    element('td', {'data-label': 'State'}, state(s.state), counts === '' ? '' : ` (${counts})`),
    element('td', {}, toggle)), inside];
}

async function loadSent(more) {
  const answer = await get(`v1/submissions?limit=20${more ? `&before=${oldest}` : ''}`);
  const rows = answer.submissions.flatMap(drawSubmission);
  oldest = answer.next ?? null;
  by('more').hidden = oldest === null;
  if (more) {
    by('sent').querySelector('tbody').append(...rows);
    rows[0]?.querySelector('button').focus();
  } else if (rows.length === 0) {
    by('sent').replaceChildren(element('p', {}, 'Nothing has been sent yet.'));
  } else {
    by('sent').replaceChildren(element('table', {},
      element('caption', {}, 'Newest first'),
      element('thead', {}, element('tr', {}, ...['File', 'Sent', 'State', 'Receipt'].map((h) => element('th', {scope: 'col'}, h)))),
      element('tbody', {}, ...rows)));
  }
}

function drawForms(answer) {
  const forms = [...new Map(answer.forms.map((f) => [f.form, f])).values()];
  const workbooks = [...forms.map((f) => ({name: f.form, title: f.title ?? f.form})), ...answer.workbooks];
  by('forms').replaceChildren(...workbooks.map((w) => element('li', {}, element('button', {
    type: 'button', class: 'link',
    onclick: () => save(`v1/forms/${encodeURIComponent(w.name)}/template.xlsx`, `${w.name}.xlsx`).catch((e) => failed(e, by('data-problem'))),
  }, `${w.title}: ${w.name}.xlsx`))));
  by('form').length = 1;
  for (const f of forms) by('form').add(new Option(f.title ? `${f.form}: ${f.title}` : f.form, f.form));
}

async function load() {
  const part = async (work, place) => {
    try {
      await work();
    } catch (problem) {
      failed(problem, place);
    }
  };
  await Promise.all([
    part(async () => drawDue(await get('v1/due')), by('due')),
    part(() => loadSent(false), by('sent')),
    part(async () => drawForms(await get('v1/forms')), by('data-problem')),
  ]);
}

// Sending

async function sendFile(file) {
  if (sending !== null) {
    say('A file is being sent already.');
    return;
  }
  sending = new AbortController();
  const {signal} = sending;
  const stated = Object.fromEntries(['programme', 'period', 'form'].map((id) => [id, by(id).value]));
  by('verdict').replaceChildren();
  by('progress-row').hidden = false;
  by('progress').value = 0;
  by('file').disabled = true;
  say(`Sending ${file.name} (${size(file.size)}).`);
  try {
    const sent = await send(file, stated, {
      progress(share) {
        by('progress').value = 100 * (share ?? 0);
        if (share === 1) say(`${file.name} has arrived and is being checked.`);
      },
      again(problem, seconds) {
        by('progress').value = 0;
        say(`${problem.message} Trying again in ${plural(seconds, 'second')}; nothing is sent twice.`);
      },
    }, signal);
    if (signal.aborted) return;
    by('progress').removeAttribute('value');
    const reached = await verdict(sent, signal);
    if (signal.aborted) return;
    const receipt = named({...reached, ...await receiptOf(reached.submission)}, file.name);
    if (sent.already) receipt.already = true;
    by('verdict').replaceChildren(drawReceipt(receipt, 3, true, ...receiptActions(reached.submission, file.name)));
    say(summary(receipt));
    by('verdict').focus({preventScroll: true});
    by('verdict').scrollIntoView({block: 'nearest'});
    for (const id of ['programme', 'period', 'form']) by(id).value = '';
    await load();
  } catch (problem) {
    if (signal.aborted) say('Stopped. If the file had arrived already, it stands below.');
    else if (!(problem instanceof Problem)) throw problem;
    else if (problem.status === 401) signOut(`${file.name} was not taken in. ${problem.message}`);
    else say(`${file.name} was not taken in. ${problem.message}`, true);
  } finally {
    if (signal.aborted && signedIn()) loadSent(false).catch(() => {});
    sending = null;
    by('progress-row').hidden = true;
    by('file').disabled = false;
    by('file').value = '';
  }
}

function takeFiles(files) {
  if (files.length > 1) say('Please send one file at a time.');
  else if (files.length === 1) sendFile(files[0]);
}

by('sign-in-form').addEventListener('submit', signIn);
by('sign-out').addEventListener('click', () => signOut(''));
by('send-form').addEventListener('submit', (event) => event.preventDefault());
by('file').addEventListener('change', () => takeFiles(by('file').files));
by('stop').addEventListener('click', () => sending?.abort());
by('more').addEventListener('click', () => loadSent(true).catch((e) => failed(e, by('data-problem'))));
for (const button of document.querySelectorAll('button[data-path]')) {
  button.addEventListener('click', () => {
    by('data-problem').textContent = '';
    save(button.dataset.path, button.dataset.name, 'text/csv').catch((e) => failed(e, by('data-problem')));
  });
}

// A file that misses the drop zone must not replace the page.
for (const name of ['dragover', 'drop']) {
  window.addEventListener(name, (event) => event.preventDefault());
}
const drop = by('drop');
for (const name of ['dragenter', 'dragover']) drop.addEventListener(name, () => drop.classList.add('over'));
for (const name of ['dragleave', 'drop']) drop.addEventListener(name, () => drop.classList.remove('over'));
drop.addEventListener('drop', (event) => takeFiles(event.dataTransfer.files));

show();
if (signedIn()) load();
else by('token').focus();
