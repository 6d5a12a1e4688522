package wire

// MaxPayload is the largest payload of a frame, in bytes before sealing.
const MaxPayload = 4 << 20

// MaxEntries is the largest number of entries in a frame.
const MaxEntries = 256

// Lanes of a link. A lane never waits for a lower one.
const (
	LaneAlert = "alert" // life at risk, stops, withdrawals
	LaneCase  = "case"  // everything else about cases
	LaneFile  = "file"  // everything about files
)

// Lanes in order of urgency.
var Lanes = []string{LaneAlert, LaneCase, LaneFile}
