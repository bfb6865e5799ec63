/**
 * The app of `script/bench deploy`: each answer says which app gave it and when its process began (milliseconds of
 * the epoch). `/slow` answers after some seconds, `/upload` with the bytes it got, `/events` with an event stream of
 * TICKS events, and it echoes on a WebSocket. It ends at SIGTERM at once, as a program does that knows of nothing.
 */
export const SLOW_MS = 3_000
export const TICKS = 20

const SERVER = `import asyncio, base64, hashlib, json, os, time
ABOUT = {'app': os.environ.get('HEROKU_APP_NAME', 'plain'), 'began': time.time() * 1000}

def answer(**more):
    body = json.dumps({**ABOUT, **more}).encode()
    return b'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body

def chunk(data):
    return b'%x\\r\\n%s\\r\\n' % (len(data), data)

async def events(writer):
    writer.write(b'HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n')
    for tick in range(${TICKS}):
        writer.write(chunk(b'data: ' + json.dumps({**ABOUT, 'tick': tick}).encode() + b'\\n\\n'))
        await writer.drain()
        await asyncio.sleep(0.2)
    writer.write(b'0\\r\\n\\r\\n')

async def echo(reader, writer, key):
    digest = hashlib.sha1(key.encode() + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest()
    writer.write(b'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n'
                 b'Sec-WebSocket-Accept: ' + base64.b64encode(digest) + b'\\r\\n\\r\\n')
    while True:
        first, length = await reader.readexactly(2)
        mask = await reader.readexactly(4)
        said = bytes(byte ^ mask[at % 4] for at, byte in enumerate(await reader.readexactly(length & 127)))
        writer.write(bytes([first, len(said)]) + said)
        await writer.drain()
        if first & 15 == 8:
            return

async def serve(reader, writer):
    try:
        while True:
            lines = (await reader.readuntil(b'\\r\\n\\r\\n')).decode('latin-1').split('\\r\\n')
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in lines[1:])}
            body = await reader.readexactly(int(headers.get('content-length', 0)))
            path = lines[0].split(' ')[1]
            if headers.get('upgrade', '').lower() == 'websocket':
                return await echo(reader, writer, headers['sec-websocket-key'])
            if path == '/events':
                await events(writer)
            else:
                if path == '/slow':
                    await asyncio.sleep(${SLOW_MS / 1000})
                writer.write(answer(got=len(body)))
            await writer.drain()
            if headers.get('connection', '').lower() == 'close':
                return
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()

async def main():
    server = await asyncio.start_server(serve, '0.0.0.0', int(os.environ['PORT']), backlog=512)
    await server.serve_forever()

asyncio.run(main())
`

export const APP_FILES = { Procfile: 'web: exec python3 server.py\n', 'server.py': SERVER }

/** It has nothing to build. */
export const PLAIN_BUILDPACK = {
  'bin/detect': '#!/bin/sh\necho Plain\n',
  'bin/compile': '#!/bin/sh\nexit 0\n',
  'bin/release': '#!/bin/sh\necho "--- {}"\n',
}
