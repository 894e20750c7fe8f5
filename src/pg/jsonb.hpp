// A jsonb value written child by child, in the layout that utils/jsonb.h describes. A tree of JsonbValues, as
// pushJsonbValue makes it, takes four times the bytes of the result when its items are small: here it is the result
// alone.
#pragma once

#include "pg.hpp"

extern "C" {
#include "utils/numeric.h"
}

namespace pg {

// An array or object at the end of a buffer that begins with a length word: its header, an entry for each child, and
// the children. Those of an object are its keys, by length and then by bytes, and then their values.
class JsonbWriter {
  public:
    // flags: JB_FARRAY or JB_FOBJECT; elements or pairs.
    JsonbWriter(StringInfo out, uint32 flags, uint32 count) : out_(out), begin_(out->len) {
        align();
        const uint32 header = flags | count;
        append(&header, sizeof header);
        entries_ = out->len;
        const int size = static_cast<int>(sizeof(JEntry) * (flags == JB_FOBJECT ? 2 : 1) * count);
        enlargeStringInfo(out, size);
        memset(out->data + out->len, 0, static_cast<size_t>(size));
        out->len += size;
        children_ = out->len;
    }

    void add(const char *text) { add(text, strlen(text)); }
    void add(const char *text, size_t size) {
        const int from = out_->len;
        append(text, size);
        end_child(JENTRY_ISSTRING, from);
    }
    void add(Numeric number) {
        const int from = out_->len;
        align();
        append(number, VARSIZE_ANY(number));
        end_child(JENTRY_ISNUMERIC, from);
    }
    void add(uint64 count) {  // at most 2^63 - 1
        Numeric number = int64_to_numeric(static_cast<int64>(count));
        add(number);
        pfree(number);
    }
    void add(const JsonbValue &scalar) {
        switch (scalar.type) {
            case jbvNumeric: return add(scalar.val.numeric);
            case jbvBool: return end_child(scalar.val.boolean ? JENTRY_ISBOOL_TRUE : JENTRY_ISBOOL_FALSE, out_->len);
            default: return add(scalar.val.string.val, static_cast<size_t>(scalar.val.string.len));
        }
    }
    // What was written since this one began, and is complete.
    void add(const JsonbWriter &child) { end_child(JENTRY_ISCONTAINER, child.begin_); }

  private:
    void append(const void *bytes, size_t size) {
        appendBinaryStringInfoNT(out_, static_cast<const char *>(bytes), static_cast<int>(size));
    }
    void align() {
        static const char zeros[ALIGNOF_INT] = {};
        append(zeros, INTALIGN(static_cast<uint32>(out_->len)) - static_cast<uint32>(out_->len));
    }
    // A child tells its length, padding included; each 32nd one where it ends, so that there is a short way to it.
    void end_child(uint32 type, int from) {
        const uint32 end = static_cast<uint32>(out_->len - children_);
        if (end > JENTRY_OFFLENMASK)
            ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
                    errmsg("total size of jsonb elements exceeds the maximum of %u bytes", JENTRY_OFFLENMASK));
        const JEntry entry =
            type | (written_ % JB_OFFSET_STRIDE == 0 ? end | JENTRY_HAS_OFF : static_cast<uint32>(out_->len - from));
        memcpy(out_->data + entries_ + sizeof entry * written_++, &entry, sizeof entry);
    }

    StringInfo out_;
    int begin_, entries_, children_;  // offsets in the buffer
    uint32 written_ = 0;
};

// A buffer for a value of about so many bytes, and that value when it is complete.
inline void begin_jsonb(StringInfo out, size_t size) {
    out->maxlen = static_cast<int>(Min(size + 64, MaxAllocSize));
    out->data = static_cast<char *>(palloc(static_cast<size_t>(out->maxlen)));
    out->len = VARHDRSZ;
    out->cursor = 0;
}
inline Datum end_jsonb(StringInfo out) {
    SET_VARSIZE(out->data, out->len);
    return PointerGetDatum(out->data);
}

}  // namespace pg
