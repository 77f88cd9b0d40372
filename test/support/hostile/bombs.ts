import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

/** The encodings that a body may have, and one twice. */
export type Packing = 'gzip' | 'deflate' | 'br' | 'zstd' | 'gzip, gzip'

const mebibyte = 1024 * 1024
const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * mebibyte)
const repeat = (bytes: Buffer, count: number) => Buffer.concat(Array(count).fill(bytes))

/** A gibibyte of zeros in about a mebibyte, or less. */
export function makeBomb(packing: Packing): Buffer {
  switch (packing) {
    case 'gzip':
      // Several members are one file: RFC 1952, 2.2.
      return repeat(gzipSync(zeros(16), { level: 9 }), 64)
    case 'deflate': {
      // Blocks that end at a byte can follow each other: RFC 1951, 3.2.4. Two bytes in front are the header.
      const packed = deflateSync(zeros(64), { level: 9, finishFlush: constants.Z_SYNC_FLUSH })
      return Buffer.concat([packed.subarray(0, 2), repeat(packed.subarray(2), 16)])
    }
    case 'br':
      return brotliCompressSync(zeros(1024), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
    case 'zstd':
      return zstdCompressSync(zeros(1024))
    case 'gzip, gzip':
      return gzipSync(makeBomb('gzip'))
  }
}
