import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPublicAddress } from './public-address.ts'

for (const address of ['8.8.8.8', '140.82.121.4', '172.32.0.1', '2606:50c0:8000::153'])
  test(`${address} is public`, () => assert.ok(isPublicAddress(address)))

for (const address of [
  '127.0.0.1',
  '127.1.2.3',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:8.8.8.8',
  '::ffff:127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  'fe80::1',
  'fe80::1%eth0',
  'fd00::1',
  'ff02::1',
  'localhost',
  '0x7f.1',
  '',
])
  test(`'${address}' is not public`, () => assert.ok(!isPublicAddress(address)))
