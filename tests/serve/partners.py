"""Partners' upload jobs under bad conditions, for tests/tap/nothing_lost.t.

partners.py SEED CLIENTS UPLOADS PACE PORT_FILE TOKENS_FILE OUT

Each client waits PACE seconds on average between two files. PORT_FILE holds the hub's port, and changes when the hub is started again. TOKENS_FILE: a line a client, its token, a tab,
its programme. OUT: a line of JSON for each file: its SHA-256, size, client, and the submission's number once the hub has
acknowledged it. Each client retries as docs/serve.md says: with no answer, or 408, 429, 502, 503 or 504, the same bytes
again after a growing pause. Some attempts are spoilt on purpose: the client closes in the middle, or goes through a proxy
that cuts. A few files are given up after a spoilt attempt: those are never acknowledged.
"""
import hashlib
import json
import random
import select
import socket
import sys
import threading
import time

seed, clients, uploads, pace, port_file, tokens_file, out_file = sys.argv[1:]
seed, clients, uploads, pace = int(seed), int(clients), int(uploads), float(pace)
tokens = [line.rstrip('\n').split('\t') for line in open(tokens_file)]
GIVE_UP_AFTER = 600
RETRY = (408, 429, 502, 503, 504)
lock = threading.Lock()
out = open(out_file, 'w')
count = {'attempts': 0, 'no_answer': 0, 'spoilt': 0, 'cut': 0}


def tell(key):
    with lock:
        count[key] = count.get(key, 0) + 1


def hub_port():
    with open(port_file) as f:
        return int(f.read())


class Proxy(threading.Thread):
    """Passes bytes on in both directions and cuts each connection after a random number of them."""

    def __init__(self):
        super().__init__(daemon=True)
        self.random = random.Random(seed * 7 + 1)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        while True:
            client, _ = self.listener.accept()
            # Half of the cuts fall into the request, half into the answer or just before it.
            budget = (self.random.randrange(3000), 10**9) if self.random.random() < .5 else (10**9, self.random.randrange(400))
            threading.Thread(target=self.carry, args=(client, budget), daemon=True).start()

    @staticmethod
    def carry(client, budget):
        try:
            hub = socket.create_connection(('127.0.0.1', hub_port()), 5)
        except OSError:
            client.close()
            return
        left = {client: budget[0], hub: budget[1]}
        other = {client: hub, hub: client}
        try:
            while True:
                for s in select.select([client, hub], [], [], 60)[0]:
                    data = s.recv(65536)
                    if not data:
                        return
                    other[s].sendall(data[:left[s]])
                    left[s] -= len(data)
                    if left[s] <= 0:
                        tell('cut')
                        return
        except OSError:
            pass
        finally:
            client.close()
            hub.close()


def attempt(port, request, close_after=None):
    """Status and body of the answer, or None. close_after: give up once so many bytes are sent."""
    try:
        with socket.create_connection(('127.0.0.1', port), 5) as s:
            s.settimeout(60)
            if close_after is not None:
                s.sendall(request[:close_after])
                return None
            try:
                s.sendall(request)
            except (BrokenPipeError, ConnectionResetError):
                pass
            data = b''
            while True:
                got = s.recv(65536)
                data += got
                head, sep, body = data.partition(b'\r\n\r\n')
                if sep:
                    length = [int(h.split(b':')[1]) for h in head.split(b'\r\n') if h.lower().startswith(b'content-length:')]
                    if head.split()[1] != b'100' and length and len(body) >= length[0]:
                        return int(head.split()[1]), head, body
                    if head.split()[1] == b'100':
                        data = body
                if not got:
                    return None
    except (OSError, ValueError, IndexError):
        return None


def client(number):
    rng = random.Random(seed * 1000 + number)
    token, programme = tokens[number]
    for n in range(number, uploads, clients):
        people = rng.randrange(5, 60)
        period = f'{rng.randrange(2021, 2026)}-Q{rng.randrange(1, 5)}'
        body = (f'field,value\nbasis,new_referrals\ntotal,{people}\nage.25+,{people}\nsex.female,{people}\nplace.not_known,{people}\n'
                f'narrative.activities,"made-up file {n} of seed {seed} {rng.random()}"\n').encode()
        if rng.random() < .1:
            body += b'x' * rng.randrange(1, 300000)
        head = (f'POST /v1/submissions?programme={programme.replace(" ", "%20")}&period={period}&form=new&file=return-{n}.csv HTTP/1.1\r\n'
                f'Host: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: {len(body)}\r\n'
                'Connection: close\r\n\r\n').encode()
        request = head + body
        told = {'n': n, 'client': number, 'sha256': hashlib.sha256(body).hexdigest(), 'size': len(body), 'submission': None}
        give_up = rng.random() < .03
        pause = .05
        began = time.time()
        while True:
            tell('attempts')
            chance = rng.random()
            if give_up or chance < .04:
                tell('spoilt')
                answer = attempt(hub_port(), request, rng.randrange(len(request) + 1))
            else:
                answer = attempt(proxy.port if chance < .15 else hub_port(), request)
            if give_up:
                break
            if answer is None:
                tell('no_answer')
            else:
                tell(answer[0])
                if answer[0] in (200, 201):
                    answered = json.loads(answer[2])
                    told['submission'] = answered['submission']
                    told['answer_sha256'] = answered['sha256']
                    break
                if answer[0] not in RETRY:
                    told['refused'] = f'{answer[0]} {answer[2][:300]!r}'
                    break
            if time.time() - began > GIVE_UP_AFTER:
                told['refused'] = 'no answer in ten minutes'
                break
            time.sleep(pause * (.5 + rng.random()))
            pause = min(pause * 2, 2)
        time.sleep(pace * 2 * rng.random())
        with lock:
            out.write(json.dumps(told) + '\n')
            out.flush()


proxy = Proxy()
proxy.start()
threads = [threading.Thread(target=client, args=(i,)) for i in range(clients)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(json.dumps(count, default=str))
