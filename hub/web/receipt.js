// A receipt, drawn from the JSON that the hub gives.
import {element, plural, size} from './dom.js';

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
  ['error', 'To be corrected', 'Correct these in your file, save it, and send it again.'],
  ['query', 'Please confirm or explain', 'If the figure is right, nothing more is needed for now: the hub may ask you about it.'],
  ['note', 'Notes', 'Nothing to do.'],
];

// One sentence that says all: it is read out by screen readers when the verdict is there.
export function summary(receipt) {
  const count = (severity) => (receipt.findings ?? []).filter((f) => f.severity === severity).length;
  const file = receipt.file ?? `Submission ${receipt.submission}`;
  const errors = count('error');
  const queries = count('query');
  const asks = queries > 0 ? ` with ${plural(queries, 'question')} to you` : '';
  switch (receipt.state) {
    case 'accepted': return `${file}: accepted${asks}.`;
    case 'rejected': return `${file}: not accepted; ${plural(errors, 'error')} to correct${queries > 0 ? `, ${plural(queries, 'question')}` : ''}.`;
    case 'waiting for answer': return `${file}: received, but the hub needs an answer from you.`;
    case 'superseded': return `${file}: replaced by submission ${receipt.superseded_by}.`;
    default: return `${file}: ${stateWords(receipt.state).toLowerCase()}.`;
  }
}

function finding(f) {
  const where = [f.line ? `line ${f.line}` : null, f.field, `rule ${f.rule}`].filter(Boolean).join(', ');
  return element('li', {},
    element('span', {class: 'where'}, where),
    element('span', {}, f.message),
    f.suggestion ? element('span', {class: 'do'}, f.suggestion) : null);
}

// level is that of the receipt's heading; actions are the buttons below it.
export function drawReceipt(receipt, level, ...actions) {
  const kind = KINDS[receipt.state] ?? '';
  const about = [receipt.programme, receipt.dates ?? receipt.period, receipt.form ? `${receipt.form} form` : null].filter(Boolean);
  const parts = [
    element(`h${level}`, {}, `${receipt.file ?? 'File'}: `, state(receipt.state),
      receipt.made_up ? element('span', {class: 'tag'}, 'made up') : null),
    element('p', {}, about.join(', '), receipt.size ? ` (${size(receipt.size)})` : null),
  ];
  if (receipt.people?.lower !== undefined && receipt.people?.lower !== null) {
    const {lower, upper} = receipt.people;
    const people = upper === null || upper === undefined ? `at least ${lower}` : lower === upper ? `${lower}` : `${lower} to ${upper}`;
    parts.push(element('p', {}, `Different people, as understood: ${people}. Not for publication.`));
  }
  if (receipt.state === 'superseded' && receipt.superseded_by) {
    parts.push(element('p', {}, `Submission ${receipt.superseded_by} has replaced it.`));
  }
  if (receipt.already_received || receipt.already) {
    parts.push(element('p', {}, 'These bytes had been sent before: it is the same submission.'));
  }
  for (const [severity, title, hint] of GROUPS) {
    const found = (receipt.findings ?? []).filter((f) => f.severity === severity);
    if (found.length > 0) {
      parts.push(element(`h${level + 1}`, {}, `${title} (${found.length})`),
        element('p', {class: 'hint'}, hint),
        element('ol', {class: 'findings'}, ...found.map(finding)));
    }
  }
  if (receipt.state === 'accepted' && (receipt.findings ?? []).length === 0) {
    parts.push(element('p', {}, 'Nothing to correct.'));
  }
  return element('article', {class: `receipt ${kind}`}, ...parts, element('p', {}, ...actions));
}
