"""Bytes that something happened to on their way: changed, lost, doubled, cut, exchanged."""

from hypothesis import strategies as st

# Bytes that mean something to JSON, CSV or XML, and some that mean nothing to anybody.
MEANINGFUL = st.sampled_from(list(b"<>&\"/={}[],:;'0123456789-+.eE \n\t\\\x00\x80\xc3\xff"))
HARMS = ("change", "insert", "lose", "double", "cut", "exchange")


@st.composite
def damaged(draw: st.DrawFn, *originals: bytes) -> bytes:
    """One of the originals after up to four accidents; sometimes nothing of it changes."""
    content = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(content) - 1)))
        end = min(len(content), start + draw(st.integers(1, 40)))
        harm, some = draw(st.sampled_from(HARMS)), draw(MEANINGFUL)
        if harm == "change":
            content[start : start + 1] = bytes([some])
        elif harm == "insert":
            content[start:start] = bytes([some])
        elif harm == "lose":
            del content[start:end]
        elif harm == "double":
            content[start:start] = content[start:end]
        elif harm == "cut":
            del content[end:]
        else:
            content[start:end], content[:0] = b"", content[start:end]
    return bytes(content)
