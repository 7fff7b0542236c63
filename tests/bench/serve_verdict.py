"""Sends a file every half second with ?wait=30 and prints how long the verdicts took.

serve_verdict.py PORT TOKEN FILE PATH COUNT

Each file is new: the last 64 bytes, a zip's comment, are overwritten. One line: files sent, those with a verdict in
the answer, median and largest seconds from the first byte sent to the answer; one without a verdict counts as it took.
"""
import http.client
import json
import statistics
import sys
import threading
import time

port, token, file, path, count = sys.argv[1:]
body = open(file, 'rb').read()
run = f'{time.time_ns():032x}'
answers = []
failures = []


def send(i):
    began = time.monotonic()
    connection = http.client.HTTPConnection('127.0.0.1', int(port), timeout=120)
    connection.request('POST', path, body[:-64] + f'{run}{i:032x}'.encode(),
                       {'Authorization': f'Bearer {token}', 'Content-Type': 'application/octet-stream'})
    response = connection.getresponse()
    answer = json.loads(response.read())
    if response.status != 201:
        raise RuntimeError(f'an answer {response.status}: {answer}')
    answers.append((time.monotonic() - began, answer['state'] not in ('received', 'checking')))


def try_to_send(i):
    try:
        send(i)
    except Exception as failure:
        failures.append(failure)


threads = []
for i in range(int(count)):
    threads.append(threading.Thread(target=try_to_send, args=(i,)))
    threads[-1].start()
    time.sleep(0.5)
for thread in threads:
    thread.join()
if failures:
    sys.exit(f'{len(failures)} of {count} failed: {failures[0]}')
seconds = [a[0] for a in answers]
print(len(answers), sum(a[1] for a in answers), f'{statistics.median(seconds):.2f} {max(seconds):.2f}')
