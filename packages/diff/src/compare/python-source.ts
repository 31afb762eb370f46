/** The path of the module that this path is compiled from (PEP 3147: `a/__pycache__/b.cpython-311.pyc` from `a/b.py`), or itself. */
export function pythonSourceOf(path: string): string {
  return path.replace(/(^|\/)__pycache__\/([^/.]+)\.[^/]+\.pyc$/, '$1$2.py');
}
