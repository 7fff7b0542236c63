"""A seeded fuzzer of HTTP requests, for tests/tap/serve_fuzz.t.

fuzz.py SEED REQUESTS PORT TOKEN MARK_OWN MARK_OTHER LIMIT

Sends mutated requests in the name of the owner of TOKEN. An answer, or a closed connection, must come within LIMIT seconds;
an answer must be HTTP, never a 500, and never hold MARK_OTHER (which another organisation's files and names hold), nor
MARK_OWN when the request did not bear the token. Prints what was wrong, a line each, then a line of JSON with the counts.
"""
import asyncio
import base64
import collections
import json
import random
import re
import sys

seed, requests, port, token, mark_own, mark_other, limit = sys.argv[1:]
seed, requests, port, limit = int(seed), int(requests), int(port), float(limit)
token, mark_own, mark_other = token.encode(), mark_own.encode(), mark_other.encode()
rng = random.Random(seed)
TOGETHER = 48

AUTH = b'Authorization: Bearer ' + token + b'\r\n'
BASIC = b'Authorization: Basic ' + base64.b64encode(b'me:' + token) + b'\r\n'
CSV = b'field,value\nbasis,new_referrals\ntotal,9\nage.25+,9\nsex.female,9\nplace.not_known,9\n'
PARTS = (b'--BORDER\r\nContent-Disposition: form-data; name="programme"\r\n\r\nOne\r\n'
         b'--BORDER\r\nContent-Disposition: form-data; name="file"; filename="return.csv"\r\nContent-Type: text/csv\r\n\r\n'
         + CSV + b'\r\n--BORDER--\r\n')


def get(path, head=AUTH, method=b'GET'):
    return method + b' ' + path + b' HTTP/1.1\r\nHost: localhost\r\n' + head + b'\r\n'


def post(path, body, head=AUTH + b'Content-Type: text/csv\r\n'):
    return b'POST ' + path + b' HTTP/1.1\r\nHost: localhost\r\n' + head + b'Content-Length: %d\r\n\r\n' % len(body) + body


SEEDS = [
    get(b'/', b''), get(b'/app.js', b''), get(b'/healthz', b''), get(b'/readyz', b''), get(b'/metrics', b''), get(b'/v1/openapi.json', b''),
    get(b'/v1/submissions?limit=5&before=99'), get(b'/v1/submissions/1'), get(b'/v1/submissions/2'), get(b'/v1/submissions/2/receipt'),
    get(b'/v1/submissions/1/receipt', AUTH + b'Accept: text/html;q=0.9, application/json;q=0.1\r\n'), get(b'/v1/submissions/1/file'),
    get(b'/v1/submissions/2/file'), get(b'/v1/data/returns.csv'), get(b'/v1/data/stars.csv'), get(b'/v1/forms'), get(b'/v1/due', BASIC),
    get(b'/v1/forms/new/template.xlsx?period=2025-Q1'), get(b'/v1/submissions', AUTH, b'HEAD'), get(b'/v1/submissions', AUTH, b'DELETE'),
    post(b'/v1/submissions?programme=One&period=2025-Q1&form=new&file=a.csv', CSV),
    post(b'/v1/submissions?wait=1', CSV, BASIC),
    post(b'/v1/submissions', PARTS, AUTH + b'Content-Type: multipart/form-data; boundary=BORDER\r\n'),
    b'POST /v1/submissions?file=c.csv HTTP/1.1\r\nHost: localhost\r\n' + AUTH + b'Transfer-Encoding: chunked\r\n\r\n5\r\nfield\r\n6\r\n,value\r\n0\r\n\r\n',
    b'POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n' + AUTH + b'Content-Length: 3\r\n\r\na,b',
]
WORDS = [
    b'\0', b'\r\n', b'\n', b'\r', b'%00', b'%2e%2e%2f', b'../', b'..%5c', b'//', b'%', b'%zz', b'%f0%9f', b'\xff\xfe', b'\xc0\xaf', b'?', b'&', b'=',
    b'#', b';', b'"', b"'", b"' OR 1=1 --", b'$1', b'{}', b'[]', b'-1', b'0', b'9223372036854775807', b'9223372036854775808', b'18446744073709551616',
    b'1e9', b'NaN', b' ', b'\t', b'Content-Length: 0\r\n', b'Content-Length: -1\r\n', b'Content-Length: 99999999999999999999\r\n',
    b'Content-Length: 5\r\n', b'Transfer-Encoding: chunked\r\n', b'Transfer-Encoding: gzip\r\n', b'Connection: close\r\n', b'Host: \r\n',
    b'Content-Type: multipart/form-data\r\n', b'Content-Type: multipart/form-data; boundary=\r\n', b'Authorization: Bearer \r\n', b'Authorization: Basic ====\r\n',
    b'X: ' + b'a' * 9000 + b'\r\n', b'Accept: */*;q=\r\n', b'Accept: text/csv\r\n', b'Upgrade: h2c\r\n', b'HTTP/1.0', b'HTTP/9.9', b'HTTP/0.9', b'FFFFFFFFFFFFFFFF\r\n',
    b'--BORDER\r\n', b'--BORDER--', b'filename="../../../etc/passwd"', b'filename*=UTF-8\'\'%00', b'name="file"', b'/v1/submissions/', b'wait=99999', b'period=2025-Q9',
    b'a' * 3000, b'/' * 500, b'OPTIONS', b'TRACE', b'CONNECT', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
]


def mutate():
    data = bytearray(rng.choice(SEEDS))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 5, 9))):
        at = rng.randrange(len(data) + 1)
        # The request line and the heads are where most of the reading is done.
        if rng.random() < .5:
            at = min(at, rng.randrange(120))
        kind = rng.randrange(9)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and at < len(data):
            data[at] = rng.randrange(256)
        elif kind == 2:
            data[at:at] = rng.choice(WORDS)
        elif kind == 3:
            del data[at:at + rng.choice((1, 1, 2, 8, 40))]
        elif kind == 4:
            piece = data[at:at + rng.randrange(1, 80)]
            data[at:at] = piece * rng.choice((1, 2, 30))
        elif kind == 5:
            other = rng.choice(SEEDS)
            data[at:] = other[rng.randrange(len(other)):]
        elif kind == 6:
            del data[at:]
        elif kind == 7:
            length = re.search(rb'Content-Length: (\d+)', data)
            if length:
                data[length.start(1):length.end(1)] = rng.choice((b'0', b'1', b'%d' % rng.randrange(500), b'99999999', b'-5', b'+5', b'0x10', b'5, 6', b''))
        else:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 30)))
        if not data:
            data += b'\r\n'
    return bytes(data)


wrong = []
statuses = collections.Counter()


def judge(number, request, answer, ended):
    def say(what):
        wrong.append(f'request {number}: {what}: {request[:300]!r} -> {answer[:300]!r}')

    if not ended:
        say(f'neither answered nor closed within {limit} s')
        return
    if not answer:
        statuses['closed'] += 1
        return
    status = re.match(rb'HTTP/1\.[01] ([1-5]\d\d) ', answer)
    if not status:
        say('not HTTP')
        return
    statuses[status[1].decode()] += 1
    if status[1] in (b'500', b'501', b'502', b'503') and b' 503 ' not in answer[:20]:
        say('a fault of the hub')
    if mark_other in answer:
        say('data of another')
    if mark_own in answer and token not in request and b'basic' not in request.lower():
        say('own data without the token')


async def one(number, request):
    answer = b''
    try:
        reader, writer = await asyncio.open_connection('127.0.0.1', port, local_addr=(f'127.0.{number % 8}.{2 + number % 250}', 0))
    except OSError as e:
        wrong.append(f'request {number}: no connection: {e}')
        return
    ended = False
    try:
        writer.write(request)
        until = asyncio.get_running_loop().time() + limit
        patience = .3
        while True:
            try:
                got = await asyncio.wait_for(reader.read(65536), patience)
            except asyncio.TimeoutError:
                if answer:
                    ended = True
                    break
                if asyncio.get_running_loop().time() > until:
                    break
                # Nothing more will come: the hub may answer, or close.
                if patience == .3:
                    patience = limit
                    writer.write_eof()
                continue
            answer += got
            if not got:
                ended = True
                break
            head, sep, body = answer.partition(b'\r\n\r\n')
            length = re.search(rb'(?i)\r\ncontent-length: *(\d+)', head)
            if sep and length and b' 100 ' not in head[:14] and len(body) >= int(length[1]):
                ended = True
                break
    except (ConnectionError, OSError):
        ended = True
    finally:
        writer.transport.abort()
    judge(number, request, answer, ended)


async def main():
    numbers = iter(range(requests))

    async def worker():
        for number in numbers:
            await one(number, mutate())

    await asyncio.gather(*(worker() for _ in range(TOGETHER)))


asyncio.run(main())
for line in wrong[:20]:
    print(line)
print(json.dumps({'wrong': len(wrong), 'statuses': dict(sorted(statuses.items()))}))
