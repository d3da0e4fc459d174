"""Prices and stock. Nothing here knows of telemetry: opentelemetry-instrument, which starts it,
adds it, on the conventions that it has by default (those of 2022).

The shop's bottleneck is here: prices() asks the database for one item after the other.
"""

import os
import signal
import sqlite3
import sys
import time

from flask import Flask, g, jsonify, request

# A database is some milliseconds away. This one is in the process.
ROUND_TRIP = 0.004  # s
DATABASE = "file:shop?mode=memory&cache=shared"


class RemoteCursor(sqlite3.Cursor):
    def execute(self, *args):
        time.sleep(ROUND_TRIP)
        return super().execute(*args)


def database():
    if "db" not in g:
        g.db = sqlite3.connect(DATABASE, uri=True)
    return g.db.cursor(RemoteCursor)


app = Flask("catalog")


@app.teardown_appcontext
def close(_):
    if "db" in g:
        g.db.close()


@app.get("/prices")
def prices():
    found, cursor = {}, database()
    for sku in request.args.getlist("sku"):
        cursor.execute("SELECT price FROM products WHERE sku = ?", (sku,))
        found[sku] = cursor.fetchone()[0]
    return jsonify(found)


@app.get("/stock")
def stock():
    skus, cursor = request.args.getlist("sku"), database()
    cursor.execute(f"SELECT sku, stock FROM products WHERE sku IN ({','.join('?' * len(skus))})", skus)
    return jsonify(dict(cursor.fetchall()))


def main():
    # Without it Python ends at once, and what waits to be sent is lost.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    owner = sqlite3.connect(DATABASE, uri=True)  # the database is there as long as one connection is
    owner.execute("CREATE TABLE products (sku TEXT PRIMARY KEY, price INTEGER, stock INTEGER)")
    owner.executemany("INSERT INTO products VALUES (?, ?, ?)", [(str(n), 100 + n, 1000) for n in range(100)])
    owner.commit()
    app.run(host="localhost", port=int(os.environ["PORT"]))


main()
