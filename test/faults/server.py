"""The web process of every app of the fault tests: says who answers, and numbers the lines that it prints.

How an app boots is its name's habit, or what its config var BOOT says; what else it may do wrong is asked for by path.
"""
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time

APP = os.environ['HEROKU_APP_NAME']
DEAF_SECONDS = 5

held = []
deaf = threading.Event()
posts = []  # paths of the POST requests that came


def tick():
    me = os.urandom(4).hex()
    n = 0
    while True:
        n += 1
        say('tick %s %d' % (me, n))
        time.sleep(0.5)


def say(text):
    sys.stdout.write(text + '\n')
    sys.stdout.flush()


FLOODS = {
    '/print': (b'x' * 900 + b'\n') * 100,
    '/print-long-lines': b'x' * 10_000_000 + b'\n',
    '/print-endless-line': b'x' * 1_000_000,
    '/print-nul': (b'\0' * 450 + b'x' * 450 + b'\n') * 100,
}


def flood(what):
    while True:
        sys.stdout.buffer.write(what)
        sys.stdout.buffer.flush()


def leave_children(seconds):
    """Grandchildren, each in a session of its own, that take no notice of SIGTERM and hold nothing of ours open."""
    for _ in range(2):
        script = "(setsid sh -c \"trap '' HUP INT TERM; exec sleep %s\" < /dev/null > /dev/null 2>&1 &)" % seconds
        subprocess.run(['sh', '-c', script], check=True)


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def do_GET(self):
        path, _, query = self.path.partition('?')
        if path in FLOODS:
            threading.Thread(target=flood, args=(FLOODS[path],), daemon=True).start()
        if path == '/eat':
            held.append(bytearray(900_000_000))
        if path == '/crash':
            os._exit(3)
        if path == '/say':
            say('said ' + query)
        if path == '/leave-children':
            leave_children(query)
        if path == '/deaf':
            deaf.set()
            threading.Thread(target=server.shutdown).start()
        misbehave = getattr(self, 'do' + path.replace('/', '_').replace('-', '_'), self.answer)
        misbehave()

    def do_POST(self):
        posts.append(self.path)
        left = int(self.headers['Content-Length'])
        while left > 0:
            piece = self.rfile.read1(min(left, 65536))
            if not piece:  # broken off
                self.close_connection = True
                return
            left -= len(piece)
        self.do_GET()

    def answer(self):
        self.answer_with(json.dumps({'app': APP, 'page': open('page').read(), 'round': os.environ.get('ROUND', '')}).encode())

    def answer_with(self, body):
        self.begin('Content-Length', str(len(body)))
        self.wfile.write(body)

    def begin(self, name, value):
        self.send_response(200)
        self.send_header(name, value)
        if deaf.is_set():  # nor does it keep the connections that it has
            self.send_header('Connection', 'close')
        self.end_headers()

    def do_large(self):
        self.begin('Content-Length', str(800 * 65536))
        for _ in range(800):
            self.wfile.write(b'x' * 65536)

    def do_state(self):
        self.answer_with(json.dumps({'posts': posts, 'threads': threading.active_count()}).encode())

    def do_events(self):
        self.begin('Content-Type', 'text/event-stream')
        while True:
            self.wfile.write(b'data: tick\n\n')
            self.wfile.flush()
            time.sleep(0.2)

    def do_silent(self):
        """Not a word, for as long as somebody waits for one."""
        self.close_connection = True
        self.rfile.read(1)

    def do_stall_chunked(self):
        self.begin('Transfer-Encoding', 'chunked')
        self.wfile.write(b'5\r\nhello\r\n')
        self.do_silent()

    def do_stall_counted(self):
        self.begin('Content-Length', '100')
        self.wfile.write(b'hello')
        self.do_silent()

    def do_hang_up(self):
        self.close_connection = True

    def do_break_off(self):
        self.begin('Content-Length', '100')
        self.wfile.write(b'hello')
        self.close_connection = True

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *args):
        pass  # clients that went away


if APP != 'flooding':
    threading.Thread(target=tick, daemon=True).start()
if APP == 'stubborn':
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if APP == 'slow':
    time.sleep(1.5)
if APP == 'crashing' or os.environ.get('BOOT') == 'crashes':
    sys.exit(3)
if os.environ.get('BOOT') == 'never-listens':
    time.sleep(3600)
while True:
    deaf.clear()
    server = Server(('', int(os.environ['PORT'])), Page)
    server.serve_forever()
    server.server_close()  # whoever comes now is refused
    time.sleep(DEAF_SECONDS)
