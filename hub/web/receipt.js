// A receipt, drawn from the JSON that the hub gives.
import {element, size} from './dom.js';

const WORDS = {
  'received': 'Received',
  'checking': 'Being checked',
  'accepted': 'Accepted',
  'rejected': 'Not accepted',
  'waiting for answer': 'Waiting for your answer',
  'superseded': 'Replaced by a later file',
  'not sent': 'Not sent yet',
};

const KINDS = {
  accepted: 'accepted',
  rejected: 'rejected',
  'waiting for answer': 'waiting',
  'not sent': 'due',
};

export const stateWords = (state) => WORDS[state] ?? state;

export const state = (text) => element('span', {class: `state ${KINDS[text] ?? ''}`}, stateWords(text));

const GROUPS = [
  ['error', 'Errors: to be corrected'],
  ['query', 'Questions'],
  ['note', 'Notes: nothing to do'],
];

// One sentence that says all: it is read out by screen readers when the verdict is there.
export function summary(receipt) {
  return receipt.verdict ?? `${receipt.file ?? 'The file'}: ${stateWords(receipt.state).toLowerCase()}.`;
}

// The hub shortens a file's name, in case it holds a person's; whoever has just sent the file knows it by its own.
export function named(receipt, name) {
  const verdict = receipt.verdict?.startsWith(`Your file ${receipt.file} `)
    ? `Your file ${name} ${receipt.verdict.slice(`Your file ${receipt.file} `.length)}` : receipt.verdict;
  return {...receipt, file: name, verdict};
}

function finding(f) {
  const where = [f.title ?? f.field, f.line ? `line ${f.line}` : null, f.rule].filter(Boolean).join(', ');
  return element('li', {},
    element('span', {class: 'where'}, where),
    element('span', {}, f.message),
    f.reply ? element('span', {class: 'do'}, `${f.reply.kind === 'waived' ? 'Waived by the hub' : 'Answered'}: ${f.reply.words}`)
      : f.suggestion ? element('span', {class: f.severity === 'note' ? 'hint' : 'do'}, f.suggestion) : null);
}

function understood(receipt) {
  const rows = (receipt.understood ?? []).filter((u) => u.words !== null);
  if (rows.length === 0) return null;
  const before = rows.some((u) => u.before !== null && u.before !== undefined);
  const heads = ['Question', 'This return', ...(before ? [`In ${receipt.before?.period ?? 'the return before'}`] : [])];
  return element('details', {},
    element('summary', {}, 'What we understood'),
    element('table', {class: 'figures'},
      element('thead', {}, element('tr', {}, ...heads.map((h) => element('th', {scope: 'col'}, h)))),
      element('tbody', {}, ...rows.map((u) => element('tr', {},
        element('th', {scope: 'row'}, [u.section, u.title].filter(Boolean).join(': ')),
        element('td', {'data-label': heads[1]}, u.words),
        before ? element('td', {'data-label': heads[2]}, u.before ?? 'blank') : null)))));
}

// level is that of the receipt's heading, said whether its verdict stands above it already; actions are the buttons below it.
export function drawReceipt(receipt, level, said, ...actions) {
  const kind = KINDS[receipt.state] ?? '';
  const about = [receipt.programme, receipt.dates ?? receipt.period, receipt.form_title ?? receipt.form].filter(Boolean);
  const parts = [
    element(`h${level}`, {}, `${receipt.file ?? 'File'}: `, state(receipt.state), ' ',
      receipt.made_up ? element('span', {class: 'tag'}, 'made up') : null),
    element('p', {}, [`Submission ${receipt.submission}`, ...about].join(', '), receipt.size ? ` (${size(receipt.size)})` : null),
  ];
  if (receipt.verdict && !said) parts.push(element('p', {}, receipt.verdict));
  if (receipt.people?.words) {
    parts.push(element('p', {}, `Different people, as understood: ${receipt.people.words}. Not for publication.`));
  }
  if (receipt.already) {
    parts.push(element('p', {}, 'You had sent this very file before: this is its receipt.',
      receipt.state === 'superseded' ? ' It does not count again by being sent again. To go back to it, save it anew in your program and send that, or ask the hub.' : null));
  }
  for (const [severity, title] of GROUPS) {
    const found = (receipt.findings ?? []).filter((f) => f.severity === severity);
    if (found.length > 0) {
      parts.push(element(`h${level + 1}`, {}, `${title} (${found.length})`),
        element('ol', {class: 'findings'}, ...found.map(finding)));
    }
  }
  if ((receipt.next ?? []).length > 0) {
    parts.push(element(`h${level + 1}`, {}, 'What happens next'), ...receipt.next.map((line) => element('p', {}, line)));
  }
  const figures = understood(receipt);
  if (figures !== null) parts.push(figures);
  return element('article', {class: `receipt ${kind}`}, ...parts, element('p', {}, ...actions));
}
