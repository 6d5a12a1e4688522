package wire

import "strings"

// FingerprintWords is the number of words people compare: 16 of 8 bits are the
// first 128 bits of the fingerprint.
const FingerprintWords = 16

// Words renders the first 16 bytes of a fingerprint as words, one a byte, to be
// read out over a telephone. lang is "en" or "es"; both say the same bytes.
func (d Digest) Words(lang string) []string {
	list := wordsEN
	if lang == "es" {
		list = wordsES
	}
	out := make([]string, FingerprintWords)
	for i := range out {
		out[i] = list[d[i]]
	}
	return out
}

// The lists: 256 common nouns each, in order, told apart by their first four
// letters; in Spanish none that is written with an accent or an ñ, so that
// nobody has to ask. None accuses, insults or recalls what the programme is about.
var (
	wordsEN = strings.Fields(`
acorn almond amber anchor anvil apple apron arrow
atlas autumn bakery bamboo banjo barley basket beacon
beaver bench berry bicycle birch blanket blossom bonnet
bottle boulder branch bridge broom bucket button cabin
cactus camera candle canoe canvas carpet carrot castle
cedar cellar chalk cherry chimney cider cinnamon clarinet
clock cloud clover coast cobalt coffee comet compass
copper coral cotton cradle crayon creek cricket crystal
cupboard curtain daisy desert diamond dolphin donut drum
eagle easel echo elbow ember emerald engine evening
falcon farm feather fennel fern ferry fiddle field
finch flute forest fossil fountain galaxy garden garlic
gazelle geyser ginger glacier globe goose granite grape
guitar hammer harbor harvest hazel hedge helmet heron
hill honey horizon icicle igloo indigo iris island
ivory jacket jasmine jewel jigsaw juniper kayak kettle
kitchen kite koala ladder lagoon lantern lavender lemon
lentil library lily linen lobster lotus lumber magnet
maple marble meadow melon mirror mitten molar monsoon
moon moss motor mountain muffin mustard napkin nectar
needle nest nickel noodle notebook nutmeg oasis oatmeal
ocean olive onion opal orange orbit orchard organ
otter oven oyster paddle painter palm panda paper
parsley pasture peach pebble pelican pencil pepper piano
picnic pillow pine pitcher planet plum pocket pond
porch potato prairie pumpkin puzzle quartz quilt rabbit
radish rainbow raisin raven ribbon river robin rocket
rooster ruby saddle saffron sailor salmon sandal saturn
scarf seal shell shovel silver sparrow spoon squirrel
stone sugar summit sunset table teapot thunder timber
toast trumpet tulip turtle umbrella valley velvet village
violin walnut whale willow window winter yarn zebra`)

	wordsES = strings.Fields(`
abanico abeja abrigo aceite acuarela agua aguja ajedrez
alba alfombra algodon almohada ancla anillo arcilla ardilla
arena armario arroz asiento avena ballena banco bandeja
barco barril bastidor bellota biblioteca blusa bodega bolsa
bombilla bordado bosque botella brazo brisa brocha bronce
brote brujula butaca caballo cabra cacao caja calabaza
calendario calle camino campana canasta caracol carpeta cartera
cascada castillo cebolla cedro cera cereza cesta chaleco
chimenea cielo ciervo cigarra ciruela clavel cobre cocina
cofre colina columpio cometa corcho cosecha cristal cuaderno
cubo cuchara dado dama desayuno desierto diamante domingo
dorado duende durazno eclipse edificio elefante encaje ensalada
ermita escalera espejo espiga esponja espuma esquina estrella
fabula farol festival fideo flauta flecha flor fogata
fresa fruta fuente gaita galleta galope garza gaviota
girasol glaciar globo golondrina gorra granate grillo guante
guisante guitarra hamaca harina hebilla helado helecho hilo
hoja horno hotel huerto imagen incienso invierno isla
jaguar jarra jirafa joya juego jungla kilo labio
ladrillo lago lana laurel lechuga lenteja libro lino
lirio llave lluvia loro luna maceta madera maleta
mango manzana mapa mariposa martillo mesa miel mimbre
mochila molino mora mosaico museo musgo naranja nata
nido nieve nogal nube nuez nutria obelisco oliva
olmo onda orilla orquesta oso oveja palma panal
papel parque pastel patio pelota pera perla piedra
pincel pino planeta plaza pluma pozo prado puente
puerta queso rama regla reloj remo rocio rosa
rueda sabana sello selva semilla silla sirena sombrero
tambor taza tecla tejado tetera tienda tigre tinta
tomate torre trigo trompeta tronco uva vainilla valle
vapor vela ventana verano vereda vestido viento zafiro`)
)
