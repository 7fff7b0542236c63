"""What a user would otherwise write: a small service that takes a file as durably as wardstar-hub's and enters the same row.

Run by tests/bench/serve.sh with uvicorn. RIVAL_DSN, RIVAL_SPOOL. Written as its libraries' guides advise: psycopg's
connection pool, the blocking work in the thread pool, uvloop and httptools.
"""
import hashlib
import os
import uuid

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from psycopg_pool import ConnectionPool

SPOOL = os.environ['RIVAL_SPOOL']
pool = ConnectionPool(os.environ['RIVAL_DSN'], min_size=8, max_size=8, open=True)
app = FastAPI(openapi_url=None)
tokens = {}


def organisation(authorization: str = Header()):
    secret = hashlib.sha256(authorization.removeprefix('Bearer ').encode()).digest()
    if secret not in tokens:
        with pool.connection() as connection:
            row = connection.execute('SELECT organisation FROM rival.token WHERE sha256 = %s', (secret,)).fetchone()
        if row is None:
            raise HTTPException(401)
        tokens[secret] = row[0]
    return tokens[secret]


def store(who, programme, period, form, name, body):
    sha256 = hashlib.sha256(body).digest()
    spool = uuid.uuid4().hex
    path = os.path.join(SPOOL, spool)
    with open(path + '.new', 'wb') as f:
        f.write(body)
        f.flush()
        os.fsync(f.fileno())
    os.rename(path + '.new', path)
    folder = os.open(SPOOL, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    with pool.connection() as connection:
        row = connection.execute(
            'INSERT INTO rival.submission (organisation, asked_programme, asked_period, asked_form, kind, file_name, file_size, sha256, received_from, spool)'
            " VALUES (%s, %s, %s, %s, 'return', %s, %s, %s, 'http', %s) ON CONFLICT DO NOTHING RETURNING id",
            (who, programme, period, form, name, len(body), sha256, spool)).fetchone()
    return row[0] if row else None, sha256.hex()


@app.post('/v1/submissions', status_code=201)
async def send(request: Request, programme: str | None = None, period: str | None = None, form: str | None = None, file: str = 'upload',
               who: str = Depends(organisation)):
    number, sha256 = await run_in_threadpool(store, who, programme, period, form, file, await request.body())
    return {'submission': number, 'sha256': sha256, 'receipt': f'/v1/submissions/{number}/receipt'}


@app.get('/v1/submissions/{number}/receipt')
def receipt(number: int, who: str = Depends(organisation)):
    with pool.connection() as connection:
        row = connection.execute("SELECT api.receipt(%s, 'json')", (number,)).fetchone()
    return Response(row[0], media_type='application/json')
