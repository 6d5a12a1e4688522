// Package failpoint marks the places at which tests kill a node: between two
// steps of the way of a message, where a power cut would hurt most. A mark
// costs nothing in the program that people run: without the build tag
// "failpoint" it compiles to no code at all.
//
// A process built with the tag kills itself (SIGKILL, no deferred function
// runs) when it comes to the point that OASISS_FAILPOINT names, at the n-th
// time: "send.frame_built=3". Each point says what is done and what is not.
package failpoint

// Point is one place on the way of a message.
type Point string

// What commits: any act, message, receipt or checkpoint.
const (
	StoreGroupTaken Point = "store.group_taken"   // commands queued, nothing begun
	StoreWritten    Point = "store.group_written" // all statements run, COMMIT not given
	StoreCommitted  Point = "store.committed"     // durable, nobody woken, no caller told
	StoreAnswered   Point = "store.answered"      // durable, callers told
)

// What an act or a received message writes, within its transaction.
const (
	JournalFactAlone Point = "journal.fact_alone" // the fact's row stands, its body, leaf and state do not
	JournalRecorded  Point = "journal.recorded"   // fact, leaf and state written, nothing released yet
	OutboxNumbered   Point = "outbox.numbered"    // the message has its number in the lane, its row does not stand
	OutboxQueued     Point = "outbox.queued"      // in the outbox, the act goes on
)

// The journal's tiles and checkpoints.
const (
	TileWritten    Point = "journal.tile_written"    // a full tile, in the checkpoint's transaction
	CheckpointMade Point = "journal.checkpoint_made" // stored, shown to nobody
)

// The sender of a lane.
const (
	SendHeadsAsked    Point = "send.heads_asked"     // after a start: the peer has said where it stands
	SendCatchUp       Point = "send.catch_up"        // a frame recorded there whose answer was lost here: before it is settled
	SendBatchTaken    Point = "send.batch_taken"     // messages chosen
	SendFrameBuilt    Point = "send.frame_built"     // signed and sealed
	SendMarked        Point = "send.marked"          // the lane is marked as open on disk, nothing sent
	SendAnswered      Point = "send.answered"        // the peer's answer is here, unread
	SendVerified      Point = "send.receipt_checked" // the receipt holds, nothing stored
	SendSettling      Point = "send.settling"        // receipt stored, within the transaction
	SendSettled       Point = "send.settled"         // receipt and high water durable
	SendRefusedStored Point = "send.refusal_stored"  // a refused message is recorded as such, within the transaction
	SendVoiding       Point = "send.voiding"         // what expired is chosen, not yet written off
	SendVoided        Point = "send.voided"          // written off, its void not sent
	SendLanesClosing  Point = "send.lanes_closing"   // a clean end: senders stopped, lanes not yet marked as known
)

// The receiver of a frame.
const (
	ReceiveRead      Point = "receive.read"            // the bytes are here
	ReceiveOpened    Point = "receive.opened"          // signature and seal hold
	ReceiveMessage   Point = "receive.message"         // one message recorded, within the transaction
	ReceiveRefused   Point = "receive.message_refused" // one message in quarantine, within the transaction
	ReceiveSigned    Point = "receive.receipt_signed"  // the receipt is signed and recorded, not committed
	ReceiveCommitted Point = "receive.committed"       // durable, the answer not sent
	ReceiveReplied   Point = "receive.replied"         // the answer is written to the connection
	ReceiveHeads     Point = "receive.heads_signed"    // where the lanes stand is signed, the answer not sent
)

// Witnessing.
const (
	CosignAsked     Point = "cosign.asked"     // a peer's checkpoint is here, unchecked
	CosignPersisted Point = "cosign.persisted" // stored, not signed
	CosignSigned    Point = "cosign.signed"    // signed, the answer not sent
	CosignTaken     Point = "cosign.taken"     // a peer's cosignature is here, not stored
	CosignStored    Point = "cosign.stored"    // stored
)

// Where only the peer can dial.
const (
	AwaitGiven   Point = "await.given"   // the peer came and was given a request
	AwaitBrought Point = "await.brought" // the peer brought an answer, nobody has read it
	AttendTaken  Point = "attend.taken"  // a request was come for, nothing done
	AttendObeyed Point = "attend.obeyed" // it was served, the answer not brought
)

// Pieces of files: at the node that gives them and at the one that comes for
// them.
const (
	FilesPieceGiven Point = "file.piece_given" // read and held against its digest, the answer not sent
	FilesPieceHere  Point = "file.piece_here"  // the bytes are here, unchecked
	FilesPieceKept  Point = "file.piece_kept"  // the piece is durable, the next not asked for
	FilesWhole      Point = "file.whole"       // every piece is durable, that it arrived is not recorded
)

// All lists every point, in the order of this file.
var All = []Point{
	StoreGroupTaken, StoreWritten, StoreCommitted, StoreAnswered,
	JournalFactAlone, JournalRecorded, OutboxNumbered, OutboxQueued,
	TileWritten, CheckpointMade,
	SendHeadsAsked, SendCatchUp, SendBatchTaken, SendFrameBuilt, SendMarked, SendAnswered, SendVerified, SendSettling, SendSettled,
	SendRefusedStored, SendVoiding, SendVoided, SendLanesClosing,
	ReceiveRead, ReceiveOpened, ReceiveMessage, ReceiveRefused, ReceiveSigned, ReceiveCommitted, ReceiveReplied, ReceiveHeads,
	CosignAsked, CosignPersisted, CosignSigned, CosignTaken, CosignStored,
	AwaitGiven, AwaitBrought, AttendTaken, AttendObeyed,
	FilesPieceGiven, FilesPieceHere, FilesPieceKept, FilesWhole,
}

// Variable is the environment variable that arms a point in a process built
// with the tag: NAME, or NAME=N for the n-th time that it is reached.
const Variable = "OASISS_FAILPOINT"
