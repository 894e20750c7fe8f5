"""What is needed of protobuf's wire format."""


def delimited(message):
    """With its length before it, as a varint."""
    size, length = len(message), b''
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return length + bytes([size]) + message
