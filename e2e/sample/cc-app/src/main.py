from py_common import VERSION

LIMIT = 100


def answer(claims):
    return {"version": VERSION, "contention": claims[:LIMIT]}
