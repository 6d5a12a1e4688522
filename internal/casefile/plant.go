package casefile

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/oasiss/oasiss/internal/store"
)

// plants are the pseudonyms: names of plants written the same in English and
// Spanish, none of which is also a common name of people, a place of the
// corridor or a word about anyone.
var plants = strings.Fields(`
Abelia Abutilon Acanthus Achillea Aeonium Agave Ajuga Alchemilla Allamanda Aloe Alocasia Alstroemeria Amaryllis
Anthurium Aquilegia Aralia Araucaria Ardisia Arnica Artemisia Asclepias Aspidistra Astilbe Aucuba Banksia Baobab
Bergenia Bixa Bletilla Brassia Brunnera Buddleja Bursera Calathea Calla Callisia Camassia Canna Carex Caryota
Catalpa Cattleya Ceiba Celosia Cereus Cestrum Cistus Citrus Clarkia Clematis Clivia Cobaea Coleus
Copal Cordyline Coreopsis Cosmos Costus Crassula Crocus Cuphea Cycas Cymbidium Cyperus Dasylirion Datura Deutzia
Dianella Dieffenbachia Dioon Dodonaea Dracaena Drosera Dudleya Echeveria Echinacea Echium Encelia Eremurus
Eryngium Escallonia Eucalyptus Euphorbia Ficus Fittonia Forsythia Fothergilla Freesia Fritillaria Fuchsia
Gaillardia Galium Gardenia Gaura Gazania Gerbera Ginkgo Grevillea Gunnera Guzmania Hakea Haworthia Hebe
Helenium Heliconia Heuchera Hibiscus Hosta Hoya Ixora Jacaranda Jojoba Kalanchoe Kalmia Kentia Kerria Knautia
Lantana Larrea Lewisia Liatris Ligularia Liriope Lithops Lobelia Lunaria Mahonia Mammillaria Maranta Medinilla
Mimosa Monarda Monstera Morinda Myosotis Nandina Nemesia Neoregelia Nepeta Nerine Nigella Nolina Nopal
Ocotillo Olea Opuntia Oxalis Pachira Papaya Penstemon Peperomia Petunia Phlox Pilea Plumeria Polygala
Portulaca Protea Puya Quercus Ravenala Rhipsalis Ruellia Ruta Sabal Saguaro Salix Salvia Sansevieria Saxifraga
Scabiosa Sedum Sempervivum Senecio Setaria Solandra Stapelia Stevia Strelitzia Tagetes Tamarix Taxus Tecoma
Thuja Tiarella Tillandsia Tradescantia Trillium Tulbaghia Vanilla Verbena Vinca Vitex Vriesea
Weigela Wisteria Xanthosoma Yucca Zamia Zelkova Zinnia
`)

// drawPlant draws a name that no person of the case has. random is eight
// random bytes, so that names tell nothing of the order or of the person; more
// are names that the same act has drawn for the case.
func drawPlant(tx *store.Tx, caseID string, random []byte, more ...string) (string, error) {
	taken, err := store.Column[string](tx, `SELECT plant FROM case_person WHERE case_id = $1`, caseID)
	if err != nil {
		return "", fmt.Errorf("plants of a case: %w", err)
	}
	used := make(map[string]bool, len(taken)+len(more))
	for _, p := range append(taken, more...) {
		used[p] = true
	}
	start := int(binary.BigEndian.Uint64(random) % uint64(len(plants))) // #nosec G115 -- below the number of plants
	for round := 1; ; round++ {
		for i := range plants {
			name := plants[(start+i)%len(plants)]
			if round > 1 {
				name = fmt.Sprintf("%s %d", name, round)
			}
			if !used[name] {
				return name, nil
			}
		}
	}
}
