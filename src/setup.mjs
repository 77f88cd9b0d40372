// Runs before `npm start`, `npm test` and the like, on whatever Node the machine has (20 or later) and with no
// package installed: installs what package-lock.json says when that has not been done, or not to its end.
import { execSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

// npm writes this file last, and it names what package-lock.json named at the time.
const installed = 'node_modules/.package-lock.json'

function isInstalled() {
  if (!existsSync(installed)) return false
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  return (
    Object.entries(present).every(([path, { version }]) => wanted[path]?.version === version) &&
    Object.entries(wanted).every(
      ([path, { optional, dev }]) => path === '' || optional || dev || present[path],
    )
  )
}

if (!isInstalled()) {
  console.error('Installing packages (once, about half a minute) …')
  execSync('npm ci --include=dev --no-audit --no-fund --loglevel=error', { stdio: ['ignore', 2, 2] })
}
