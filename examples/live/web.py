"""What the gateway and the API have in common."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


class Refused(HTTPException):
    def __init__(self, status, why):
        super().__init__(status, why, {'Retry-After': '1'} if status == 503 else {'Connection': 'close'} if status in (408, 413) else None)


async def refuse(_request, error):
    return JSONResponse({'error': error.detail}, error.status_code, error.headers)


def make_app(**settings):
    return FastAPI(exception_handlers={HTTPException: refuse}, **settings)


def delimited(message):
    """For protobuf: with its length before it, as a varint."""
    size, length = len(message), b''
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return length + bytes([size]) + message
