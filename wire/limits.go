package wire

// MaxPayload is the largest payload of a frame, in bytes before sealing.
const MaxPayload = 4 << 20

// MaxEntries is the largest number of entries in a frame.
const MaxEntries = 256
