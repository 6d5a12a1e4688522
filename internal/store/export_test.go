package store

// Queued and Going are how many commands wait for the writer, those that go
// ahead apart.
func (db *DB) Queued() int { return len(db.w.queue) }
func (db *DB) Going() int  { return len(db.w.ahead) }
