// Calls of the hub. The token goes into the Authorization header, never into an address: addresses end up in logs,
// histories and bookmarks. It is kept in sessionStorage: that outlives a reload, ends with the tab, and unlike a cookie it is
// never sent by itself, so that another site can't have a request made in the partner's name.

const KEY = 'wardstar-token';
const TRIES = 8;

let token = null;
try {
  token = sessionStorage.getItem(KEY);
} catch {
  // Storage is switched off: the token then lives in memory only.
}

export const signedIn = () => token !== null;

export function keepToken(text) {
  token = text;
  try {
    if (text === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, text);
  } catch {
    // As above.
  }
}

// What went wrong, in words that can be shown. status is 0 when there was no answer.
export class Problem extends Error {
  constructor(status, detail, retryAfter = null) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  // Whether the same request may do better later. A file that is sent twice is one submission.
  get passing() {
    return [0, 408, 429, 502, 503, 504].includes(this.status);
  }
}

function problemOf(status, type, text, retryAfter) {
  let detail = '';
  if ((type ?? '').includes('json')) {
    try {
      const problem = JSON.parse(text);
      detail = problem.detail ?? problem.title ?? '';
    } catch {
      // Not what it says it is: the status has to do.
    }
  }
  if (detail === '') {
    detail = status === 401 ? 'This token is not known to the hub, or has ended.'
      : status === 429 ? 'The hub asks you to wait a moment.'
      : status === 413 ? 'This file is larger than the hub takes.'
      : status === 0 ? 'The hub can\'t be reached.'
      : `The hub answered with an error (${status}).`;
  }
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  return new Problem(status, detail, Number.isNaN(seconds) ? null : seconds);
}

export async function call(path, accept = 'application/json') {
  let answer;
  try {
    answer = await fetch(path, {
      headers: {Authorization: `Bearer ${token}`, Accept: accept},
      credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer',
    });
  } catch {
    throw problemOf(0);
  }
  if (!answer.ok) {
    throw problemOf(answer.status, answer.headers.get('Content-Type'), await answer.text(), answer.headers.get('Retry-After'));
  }
  return answer;
}

export const get = async (path) => (await call(path)).json();

// Saves what an address gives. A plain link could not carry the token.
export async function save(path, name, accept = '*/*') {
  const url = URL.createObjectURL(await (await call(path, accept)).blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function sendOnce(body, onProgress, signal) {
  return new Promise((resolve, reject) => {
    // XMLHttpRequest, since fetch does not tell how much was sent.
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('POST', 'v1/submissions?wait=20');
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', (e) => onProgress(e.lengthComputable ? e.loaded / e.total : null));
    request.addEventListener('loadend', () => {
      signal.removeEventListener('abort', stop);
      if (request.status === 200 || request.status === 201) {
        try {
          resolve(JSON.parse(request.responseText));
          return;
        } catch {
          // Cut short on its way: the same as no answer.
        }
        reject(problemOf(0));
      } else {
        reject(problemOf(request.status, request.getResponseHeader('Content-Type'), request.responseText,
          request.status === 0 ? null : request.getResponseHeader('Retry-After')));
      }
    });
    signal.addEventListener('abort', stop);
    request.send(body);
  });
}

function pause(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, {once: true});
  });
}

// Sends a file, again where the hub or the network was away, and gives the submission. on.progress(share or null),
// on.again(problem, seconds) tell how it goes. The file's name goes with the bytes, not into the address: it may be a person's.
export async function send(file, stated, on, signal) {
  const body = new FormData();
  for (const [key, value] of Object.entries(stated)) {
    if (value !== '') body.append(key, value);
  }
  body.append('file', file);
  for (let n = 1; ; n++) {
    try {
      return await sendOnce(body, on.progress, signal);
    } catch (problem) {
      if (signal.aborted || !problem.passing || n === TRIES) throw problem;
      const seconds = Math.max(problem.retryAfter ?? 0, Math.min(2 ** (n - 1), 30));
      on.again(problem, seconds);
      await pause(seconds, signal);
      if (signal.aborted) throw problem;
    }
  }
}

// Waits until a submission has its verdict, and gives it.
export async function verdict(submission, signal) {
  let seen = submission;
  for (let n = 0; ['received', 'checking'].includes(seen.state); n++) {
    await pause(Math.min(1 + n / 2, 10), signal);
    if (signal.aborted) return seen;
    try {
      seen = await get(`v1/submissions/${seen.submission}`);
    } catch (problem) {
      if (!problem.passing || n > 100) throw problem;
    }
  }
  return seen;
}
