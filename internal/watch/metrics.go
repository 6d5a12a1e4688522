package watch

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/oasiss/oasiss/internal/store"
)

// Metrics serves how the node stands to a Prometheus server. A figure names
// peers, lanes and codes, never an account, an office, a case or a person; what
// is counted is counted for the whole node.
type Metrics struct {
	Source
	Limits  Limits
	Timing  func() store.Timing
	Log     promhttp.Logger // hears of what could not be measured
	Program string          // version of this program
}

// lookTimeout bounds one look; a scrape that takes longer has failed.
const lookTimeout = 10 * time.Second

// Handler answers GET /metrics. If the node cannot be looked at the scrape
// fails whole: half an answer would read as zeros.
func (m *Metrics) Handler() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError, ErrorLog: m.Log}))
	return mux
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("oasiss_"+name, help, labels, nil)
}

var (
	built    = desc("build_info", "Version of the program; always 1.", "version")
	entries  = desc("journal_entries", "Entries of the journal.")
	commits  = desc("commits_total", "Groups of commands made durable by this process.")
	commands = desc("commit_commands_total", "Commands in those groups.")
	writes   = desc("write_seconds", "How long callers waited until their write was durable.")
	sessions = desc("sessions", "Sessions in force.")
	free     = desc("disk_free_bytes", "Free space of the data folder's file system.")
	size     = desc("disk_size_bytes", "Size of the data folder's file system.")
	files    = desc("disk_free_files", "Files that the data folder's file system can still hold.")
	backedUp = desc("backup_timestamp_seconds", "When the last backup was made that proved whole; 0 if there is none.")
	letters  = desc("mail_waiting", "Letters that the mail server has not taken.")
	letter   = desc("mail_oldest_timestamp_seconds", "Since when the oldest of them waits; 0 if there is none.")
	alarms   = desc("alarm", "1 for each alarm that stands.", "code", "peer")
	queued   = desc("outbox_messages", "Messages that a peer has not taken.", "peer", "lane")
	oldest   = desc("outbox_oldest_seconds", "Age of the oldest of them.", "peer", "lane")
	waiting  = desc("outbox_not_understood", "Messages of kinds that a peer does not understand yet.", "peer")
	sent     = desc("lane_sent_total", "Messages that a peer has taken.", "peer", "lane")
	received = desc("lane_received_total", "Messages taken from a peer.", "peer", "lane")
	heard    = desc("peer_heard_timestamp_seconds", "When a peer gave its last authenticated sign of life; 0 if never.", "peer")
	tries    = desc("peer_attempts", "Attempts since a peer last answered.", "peer")
	ahead    = desc("peer_clock_ahead_seconds", "A peer's clock minus this one's.", "peer")
	cosigned = desc("peer_cosigned_timestamp_seconds", "When a peer last cosigned this journal; 0 if never.", "peer")
	cosEntry = desc("peer_cosigned_entries", "Entries of this journal that a peer has cosigned.", "peer")
	witness  = desc("peer_witnessed_entries", "Entries of a peer's journal that this node has cosigned.", "peer")
	voided   = desc("messages_void_total", "Own messages that were not delivered.", "peer", "reason")
	refused  = desc("messages_refused_total", "Messages refused, by code: of this node by the peer (there), of the peer by this node (here).", "peer", "side", "code")
)

// Describe implements prometheus.Collector; what there is depends on the peers.
func (m *Metrics) Describe(c chan<- *prometheus.Desc) { c <- built }

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
	defer cancel()
	st, err := m.Look(ctx)
	if err != nil {
		c <- prometheus.NewInvalidMetric(built, err)
		return
	}
	out := sink{c}
	out.gauge(built, 1, m.Program)
	out.gauge(entries, float64(st.Facts))
	out.gauge(sessions, float64(st.Sessions))
	out.gauge(free, float64(st.Disk.Free))
	out.gauge(size, float64(st.Disk.Size))
	if st.Disk.FilesAtMost > 0 {
		out.gauge(files, float64(st.Disk.FilesFree))
	}
	out.gauge(backedUp, seconds(st.Backup))
	out.gauge(letters, float64(st.Letters))
	out.gauge(letter, seconds(st.Letter))
	for _, a := range st.Alarms(m.Limits) {
		out.gauge(alarms, 1, a.Code, a.Peer)
	}
	out.writer(m.Timing())
	out.links(st)
}

// sink sends figures.
type sink struct{ c chan<- prometheus.Metric }

func (s sink) gauge(d *prometheus.Desc, v float64, labels ...string) {
	s.c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (s sink) counter(d *prometheus.Desc, v float64, labels ...string) {
	s.c <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

func (s sink) writer(t store.Timing) {
	s.counter(commits, float64(t.Commits))
	s.counter(commands, float64(t.Commands))
	s.c <- prometheus.MustNewConstHistogram(writes, t.Writes, t.Waited.Seconds(), t.Within)
}

func (s sink) links(st State) {
	for _, l := range st.Links {
		p := l.Peer.ID
		for _, lane := range l.Lanes {
			s.gauge(queued, float64(lane.Queued), p, lane.Lane)
			age := 0.0
			if lane.Queued > 0 {
				age = st.At.Sub(lane.Oldest).Seconds()
			}
			s.gauge(oldest, age, p, lane.Lane)
			s.counter(sent, float64(lane.Sent), p, lane.Lane)
			s.counter(received, float64(lane.Received), p, lane.Lane)
		}
		unknown := 0
		for _, w := range l.Waiting {
			unknown += w.Count
		}
		s.gauge(waiting, float64(unknown), p)
		s.gauge(heard, seconds(l.Heard), p)
		s.gauge(tries, float64(l.Tries), p)
		s.gauge(ahead, l.Ahead.Seconds(), p)
		s.gauge(cosigned, seconds(l.Cosigned.At), p)
		s.gauge(cosEntry, float64(l.Cosigned.Size), p)
		s.gauge(witness, float64(l.Witnessed.Size), p)
		s.counter(voided, float64(l.Expired), p, "expired")
		s.counter(voided, float64(l.Voided), p, "other")
	}
	for _, r := range st.Refused {
		side := "there"
		if r.Here {
			side = "here"
		}
		s.counter(refused, float64(r.Count), r.Peer, side, string(r.Code))
	}
}

// seconds is a time as Prometheus counts it; 0 for none.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
