from main import answer


def test_answer():
    assert answer([1])["contention"] == [1]
